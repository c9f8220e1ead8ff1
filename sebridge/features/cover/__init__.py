"""Window coverings: blinds, shutters and curtains."""
