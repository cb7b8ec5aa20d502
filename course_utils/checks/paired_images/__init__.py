"""Exercises of lesson 25: pictures translated with pairs."""
