"""Temperature Measurement: what a sensor measures."""
