"""Text for displays with little room. Pure."""


def cut(text: str, most: int) -> str:
    """Return the text, or as many whole characters as fit into so many octets of UTF-8."""
    return text.encode()[:most].decode(errors="ignore") if len(text.encode()) > most else str(text)
