"""Floor 0: settings, error codes, clock, ids, log. Imports nothing of ours."""
