"""Exercises of laboratory 15b."""
