"""Drivers of devices: what they have bound and reported, and what remote controls send."""
