"""Exercises of lesson 11b."""
