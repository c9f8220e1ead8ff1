"""Electrical Measurement: voltage, current and power factor of what measures them."""
