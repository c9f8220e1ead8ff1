"""Plug-ins: packages of others, installed, started and stopped while the bridge runs."""
