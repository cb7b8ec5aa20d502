"""Exercises of lesson 41b."""
