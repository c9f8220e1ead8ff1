"""Lamps: how bright they are, and how warm their light is."""
