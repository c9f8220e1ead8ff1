"""A token that a subcommand shows somebody: from a file, or from the environment."""

import os
from pathlib import Path
import re
from typing import Final

import click

from sebridge.base.secret import Secret

_TOKEN: Final = re.compile("[!-~]{1,4096}")
"""Characters of a header of HTTP: with others, what refuses it would say it."""


def read_token(path: Path | None, variable: str, what: str) -> Secret:
    """Return the token in a file, without one that of a variable; UsageError where it is none."""
    if path is None:
        text, where = os.environ.get(variable, "").strip(), f"the environment has no {variable}"
    else:
        text, where = path.read_text("utf-8", "replace").strip(), f"{path} is empty"
    if not text:
        raise click.UsageError(f"{what} is needed: {where}")
    if not _TOKEN.fullmatch(text):
        source = variable if path is None else path
        raise click.UsageError(f"{source} has no token: more than one line, or no ASCII")
    return Secret(text.encode())
