"""Exercises of lesson 16b."""
