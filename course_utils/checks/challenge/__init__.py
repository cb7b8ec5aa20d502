"""Exercises of lesson 21."""
