"""The composition root: builds the parts from the bottom up, starts them, stops them in reverse."""
