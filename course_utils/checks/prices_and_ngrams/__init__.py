"""Exercises of lesson 54c."""
