"""Exercises of lesson 51."""
