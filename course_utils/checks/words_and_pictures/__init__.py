"""Exercises of lesson 43b."""
