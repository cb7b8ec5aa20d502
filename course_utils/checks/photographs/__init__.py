"""Exercise of laboratory 25b: photographs coloured and enlarged."""
