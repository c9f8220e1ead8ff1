"""Packages of plug-ins, as somebody might hand them in."""

from collections.abc import Mapping
import io
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MANIFEST = "name: meter_watch\nversion: 1.0\ndescription: Watches meters.\n"


def package(
    manifest: str = MANIFEST, others: Mapping[str, str] | None = None, /, **files: str
) -> bytes:
    """Return a package, always the same; `lib__x` is the file x.py in the folder lib.

    `others` are files by their paths.
    """
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as opened:
        opened.writestr(ZipInfo("plugin.yml"), manifest, ZIP_DEFLATED)
        for name, text in files.items():
            path = f"{name.replace('__', '/')}.py"
            opened.writestr(ZipInfo(path), text, ZIP_DEFLATED)
        for path, text in (others or {}).items():
            opened.writestr(ZipInfo(path), text, ZIP_DEFLATED)
    return made.getvalue()


def named(name: str, version: str = "1.0", more: str = "") -> str:
    """Return a manifest."""
    return f"name: {name}\nversion: {version}\ndescription: It is {name}.\n{more}"
