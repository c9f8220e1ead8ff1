"""Discovery by Home Assistant over MQTT."""
