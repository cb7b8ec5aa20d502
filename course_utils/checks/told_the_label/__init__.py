"""Exercises of laboratory 22b."""
