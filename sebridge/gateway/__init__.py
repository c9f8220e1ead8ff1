"""Our endpoints: which frames are believed, where they go, what is sent back."""
