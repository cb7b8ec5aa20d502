"""Exercises of lesson 53b."""
