"""Attribute reports: asked for, waited for, sent."""
