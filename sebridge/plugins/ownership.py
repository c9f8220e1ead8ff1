"""Who else could change what is in a folder: code that runs as us is nobody else's to write."""

from collections.abc import Set as AbstractSet
from pathlib import Path
import stat


def foreign_hand(path: Path, trusted: AbstractSet[int]) -> str | None:
    """Return who else than these users, by their numbers, may write in a folder; None for nobody.

    A folder above in which others may exchange it counts as well. What is not there yet is asked
    of the folder in which it would be made.
    """
    place = path.resolve()
    for folder in (place, *place.parents):
        try:
            found = folder.stat()
        except FileNotFoundError:
            continue
        if found.st_uid not in trusted:
            return f"{folder} belongs to another user"
        if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not _is_sticky_above(folder, place):
            return f"others may write in {folder}: chmod go-w"
    return None


def _is_sticky_above(folder: Path, place: Path) -> bool:
    """Say whether others may write there, and yet exchange nothing of ours, as in /tmp."""
    return folder != place and bool(folder.stat().st_mode & stat.S_ISVTX)
