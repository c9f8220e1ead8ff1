"""Which addresses nobody but this machine can reach."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Say whether a host name or address, an IPv6 one with or without brackets, is our own."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False
