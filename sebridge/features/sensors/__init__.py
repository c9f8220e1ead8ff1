"""Sensors that need no more than to report: humidity, pressure, light, presence, batteries."""
