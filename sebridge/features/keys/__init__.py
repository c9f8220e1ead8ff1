"""Key Establishment: who proves who he is, and gets a key of his own."""
