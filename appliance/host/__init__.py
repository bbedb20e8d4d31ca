"""Floor 1b: the machine underneath. Knows no rule, no database and no Tornado."""
