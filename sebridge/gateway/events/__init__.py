"""What all clusters with events share: serving them, bringing them, hearing them."""
