"""The HTTP door: who may come in, what there is behind it, and how it is listened for."""
