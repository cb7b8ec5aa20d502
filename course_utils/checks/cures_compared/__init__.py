"""Exercises of laboratory 23b."""
