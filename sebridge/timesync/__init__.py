"""The network's time: where it comes from, how far it is from the system's, and its zone."""
