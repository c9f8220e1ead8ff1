"""Time: the network's time, where it comes from, and who is told."""
