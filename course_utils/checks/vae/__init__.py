"""Exercises of lesson 31."""
