"""The option `--config`, and the configuration that it names."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from sebridge.base.errors import ConfigError
from sebridge.cli.ending import WRONG, fail
from sebridge.settings.config import load
from sebridge.settings.options import Options

F = TypeVar("F", bound=Callable[..., Any])


def config_option(words: str = "The configuration file.") -> Callable[[F], F]:
    """Return the option, with these words as its help."""
    return click.option(
        "-c",
        "--config",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        default=Path("config.yaml"),
        show_default=True,
        help=words,
    )


def configuration(path: Path) -> Options:
    """Return the options of a file; where anything is wrong, say all of it and end."""
    try:
        return load(path)
    except ConfigError as error:
        fail(*(f"{path}: {problem}" for problem in error.problems), status=WRONG)
