"""Gateways to look at: one that is alone, one with a house."""

from tests.api.conftest import alone, home

__all__ = ["alone", "home"]
