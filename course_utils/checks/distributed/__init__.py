"""Exercises of lesson 82."""
