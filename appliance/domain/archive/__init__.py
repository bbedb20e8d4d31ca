"""Archives: a generation as one signed file, for the day on which the box is gone."""
