"""Packages of plug-ins, as somebody might hand them in."""

import io
from zipfile import ZIP_DEFLATED, ZipFile

MANIFEST = "name: meter_watch\nversion: 1.0\ndescription: Watches meters.\n"


def package(manifest: str = MANIFEST, /, **files: str) -> bytes:
    """Return a package; `lib__x.py` is the file x.py in the folder lib."""
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as opened:
        opened.writestr("plugin.yml", manifest)
        for name, text in files.items():
            opened.writestr(f"{name.replace('__', '/')}.py", text)
    return made.getvalue()


def named(name: str, version: str = "1.0", more: str = "") -> str:
    """Return a manifest."""
    return f"name: {name}\nversion: {version}\ndescription: It is {name}.\n{more}"
