"""Metering: what meters measure, and what becomes a reading."""
