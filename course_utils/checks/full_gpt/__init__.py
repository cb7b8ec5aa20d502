"""Exercises of lesson 86."""
