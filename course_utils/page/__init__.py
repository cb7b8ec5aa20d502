"""What a reader sees: figures, explorers, cards, sources."""
