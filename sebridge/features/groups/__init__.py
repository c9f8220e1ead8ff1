"""Groups: many endpoints that are spoken to by one frame."""
