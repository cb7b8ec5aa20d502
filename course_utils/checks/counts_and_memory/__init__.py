"""Exercises of lesson 51b."""
