"""The stand-in base: see make.py."""
