"""What the card does around PiChat at each boot, one step a module. Standard library alone."""
