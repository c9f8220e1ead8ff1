"""Code of the user: found in a directory, loaded and unloaded while the gateway runs."""
