"""Exercises of lesson 54b."""
