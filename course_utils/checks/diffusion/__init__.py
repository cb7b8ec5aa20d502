"""Exercises of lesson 41."""
