"""OpenADR 3: events of a utility become prices and load control of the home."""
