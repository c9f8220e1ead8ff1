"""MQTT: the link to the broker, and what is said and heard there."""
