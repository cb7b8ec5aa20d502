"""Exercises of lesson 44."""
