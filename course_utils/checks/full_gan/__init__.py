"""Exercises of lesson 83."""
