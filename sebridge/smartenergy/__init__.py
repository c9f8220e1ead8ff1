"""The Smart Energy profile as data: no I/O."""
