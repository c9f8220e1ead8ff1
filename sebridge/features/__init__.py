"""What the gateway is for: each folder holds all that there is of one feature."""
