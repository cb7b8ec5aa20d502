"""One architecture a file, in torch only."""
