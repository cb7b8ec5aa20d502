"""Probability, diffusion and the checks of derivations: plain functions."""
