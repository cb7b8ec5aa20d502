"""Exercises of lesson 53."""
