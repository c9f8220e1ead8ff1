"""Mirrors: a sleeping meter's values, shown by the gateway."""
