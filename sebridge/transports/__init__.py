"""The doors of the bridge."""
