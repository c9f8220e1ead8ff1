"""Tunneling: octets of other protocols through the ZigBee network."""
