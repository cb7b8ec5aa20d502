"""Exercises of lesson 81b."""
