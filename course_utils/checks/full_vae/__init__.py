"""Exercises of lesson 84."""
