"""Words every other part is written in."""
