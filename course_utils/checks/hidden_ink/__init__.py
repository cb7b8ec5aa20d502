"""Exercises of laboratory 26b: what a translation hides."""
