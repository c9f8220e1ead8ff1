"""TCP ports: listening, who is let in, how many at once, and their encryption."""
