"""Responses pushed as files, to a web server or into a directory."""
