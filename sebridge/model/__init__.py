"""Types declared once, and what is made of a declaration."""
