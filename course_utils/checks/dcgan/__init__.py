"""Exercises of lesson 22."""
