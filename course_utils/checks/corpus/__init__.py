"""Exercises of laboratory 86b."""
