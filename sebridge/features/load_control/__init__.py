"""Demand Response and Load Control: events that ask loads to use less."""
