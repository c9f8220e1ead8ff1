"""Plugwise: circles that switch and measure, behind a stick which has a serial protocol of its own.

Nothing of it is ZigBee to the bridge: the stick hides its network. Source of the protocol: the
command reference of the RESTwise project; what goes beyond it is marked where it stands.
"""
