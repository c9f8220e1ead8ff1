"""Which remote devices exist, and are they there."""
