"""Exercises of lesson 43."""
