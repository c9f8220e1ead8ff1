"""Keep-Alive: whether the trust centre is still there."""
