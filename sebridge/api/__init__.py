"""What callers may ask that belongs to no feature, and what the features share of it."""
