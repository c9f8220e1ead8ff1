"""Basic: who made a device, and which it is."""
