"""Exercises of laboratory 42b."""
