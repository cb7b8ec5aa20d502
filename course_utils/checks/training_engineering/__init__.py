"""Exercises of lesson 81."""
