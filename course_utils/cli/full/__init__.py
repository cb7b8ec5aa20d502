"""``course full``: all that needs a graphics card, in one command and within a stated time."""
