"""Exercises of laboratory 31b."""
