"""Serial nodes: XBee modules whose serial ports are TCP ports, and their temperatures."""
