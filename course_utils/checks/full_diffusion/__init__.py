"""Exercises of lesson 85."""
