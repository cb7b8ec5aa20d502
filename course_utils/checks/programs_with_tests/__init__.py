"""Exercises of lesson 54d."""
