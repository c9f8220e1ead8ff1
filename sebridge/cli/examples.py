"""The examples below the help of a subcommand."""


def examples(*lines: str) -> str:
    """Return what click is to show after the options: examples, each on a line of its own."""
    # a backspace is click's mark for "do not wrap this paragraph"
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
