"""Exercises of lesson 54."""
