"""What devices can do, in words that are the same for all of them, and drivers by manifest."""
