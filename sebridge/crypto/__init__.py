"""Cryptography of Smart Energy: certificates, key agreement, installation codes."""
