"""Exercises of lesson 27."""
