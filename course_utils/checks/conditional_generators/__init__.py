"""Exercises of lesson 24."""
