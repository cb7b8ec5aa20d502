"""Exercises of laboratory 24b."""
