"""``course doctor``: what is wrong with this machine, in plain words."""
