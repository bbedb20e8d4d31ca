"""What leaves the box in one file, and comes into another one: rows, keys, signatures."""
