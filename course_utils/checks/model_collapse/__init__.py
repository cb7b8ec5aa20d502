"""Exercises of lesson 44c."""
