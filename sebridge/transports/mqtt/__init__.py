"""The door to MQTT."""
