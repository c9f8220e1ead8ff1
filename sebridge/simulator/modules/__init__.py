"""Emulated radio modules: the simulated air behind the serial protocol of a real stick."""
