"""Exercises of lesson 82b."""
