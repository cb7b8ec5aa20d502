"""Exercise of laboratory 21b."""
