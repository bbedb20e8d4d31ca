"""Floor 2: what the product means. Returns what happened; never calls up, never speaks HTTP."""
