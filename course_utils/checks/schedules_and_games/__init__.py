"""Exercises of lesson 13b."""
