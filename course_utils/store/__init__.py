"""Files that must not be lost: written at once, verified when read."""
