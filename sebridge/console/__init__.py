"""The web console: a page that the bridge serves, and the sessions of whoever has it open."""
