"""Exercises of laboratory 27b."""
