"""SQLite: what must survive."""
