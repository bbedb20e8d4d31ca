"""Floor 1a: rows and bytes. Knows no rule, no role and no Tornado."""
