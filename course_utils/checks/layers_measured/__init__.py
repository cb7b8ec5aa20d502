"""Exercises of lesson 14b."""
