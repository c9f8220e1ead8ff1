"""The ways by which others reach the bridge, and it them."""
