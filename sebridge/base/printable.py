"""Text of others where people read it: no control signs, which a terminal would obey."""


def printable(text: str, instead: str = "") -> str:
    """Return a text with something in the place of each sign that cannot be printed."""
    return "".join(sign if sign.isprintable() else instead for sign in text)
