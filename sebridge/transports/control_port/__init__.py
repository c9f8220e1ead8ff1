"""Serial ports of nodes as TCP ports, and the XML-RPC that says which is whose."""
