"""The broker and the listeners of the tests with real programs."""

from tests.integration.conftest import listening, mosquitto, mosquitto_with

__all__ = ["listening", "mosquitto", "mosquitto_with"]
