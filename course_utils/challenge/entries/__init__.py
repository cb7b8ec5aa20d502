"""The course's own entries: what its lessons teach, each one file to start from."""
