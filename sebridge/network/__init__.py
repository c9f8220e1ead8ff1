"""The remote devices: who they are, whether they are there, what they can."""
