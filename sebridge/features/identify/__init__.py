"""Identify: show me which one you are."""
