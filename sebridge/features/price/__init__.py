"""Price: what energy costs, now and later."""
