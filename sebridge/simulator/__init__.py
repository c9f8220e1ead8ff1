"""Remote devices for the simulated air."""
