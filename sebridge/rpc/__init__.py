"""How a call works; which calls exist is told in `sebridge.api`."""
