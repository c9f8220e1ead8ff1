"""Thermostat: what is measured, what is aimed at, and what is done for it."""
