"""Exercises of lesson 16c."""
