"""The gateway's own endpoints: servers and clients of the clusters."""
