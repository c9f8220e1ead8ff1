"""Messaging: texts for the people of the house."""
