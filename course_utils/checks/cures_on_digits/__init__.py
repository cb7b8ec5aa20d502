"""Exercises of laboratory 23c."""
