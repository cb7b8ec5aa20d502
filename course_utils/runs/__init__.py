"""Training runs: folders, checkpoints, resume, many processes."""
