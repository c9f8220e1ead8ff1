"""On/Off: whether what a device switches is on."""
