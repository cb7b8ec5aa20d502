"""Exercises of laboratory 24c."""
