"""Plugwise: circles that switch and measure, as people and programs see them."""
