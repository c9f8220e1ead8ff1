"""Modules of Digi: XBee by API frames and AT commands, through zigpy-xbee."""
