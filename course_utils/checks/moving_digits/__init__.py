"""Exercises of lesson 44b."""
