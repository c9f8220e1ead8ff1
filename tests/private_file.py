"""Files with keys in them, as a person should keep them."""

from pathlib import Path


def write_private(file: Path, text: str) -> None:
    """Write a file that nobody but its owner may read."""
    file.touch(0o600)
    file.write_text(text)
