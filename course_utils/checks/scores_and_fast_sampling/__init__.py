"""Exercises of lesson 42."""
