"""The first steps of an office of one's own: from an empty house to the first bookable day."""
