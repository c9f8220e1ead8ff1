"""What a person may set: the configuration file, and the registry that RPC may change."""
