"""Exercises of lesson 23."""
