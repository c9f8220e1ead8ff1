"""The event engine: pure, the caller brings the time."""
