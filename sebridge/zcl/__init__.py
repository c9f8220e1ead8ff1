"""The ZigBee Cluster Library as data: no I/O."""
