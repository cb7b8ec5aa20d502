"""Exercises of lesson 26: pictures translated without pairs."""
