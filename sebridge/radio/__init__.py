"""The only package that touches a ZigBee radio."""
