"""Exercises of laboratory 12b."""
