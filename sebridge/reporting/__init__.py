"""Attribute reports: asked for, waited for, scaled."""
