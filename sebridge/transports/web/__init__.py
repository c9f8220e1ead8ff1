"""HTTP: who may call, what is answered, and how it is listened for."""
