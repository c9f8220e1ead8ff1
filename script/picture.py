#!/usr/bin/env python
"""Draw docs/pictures/demo.svg: what a real run of `sebridge demo` shows, without the waiting.

`script/docs --picture` does it, for the first page, when the stories have changed. The window has
its own background, and no letters are fetched, so that it looks the same on light and dark pages.
"""

import io
import os
from pathlib import Path
import re
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

PICTURE: Final = Path(__file__).resolve().parent.parent / "docs" / "pictures" / "demo.svg"
_COLUMNS: Final = 92
_FONT: Final = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_OWN_NAMES: Final = "sebridge-demo"  # of the classes in the drawing, so that a run is like the next


def shown() -> str:
    """Run the demo, and return what it wrote to its terminal, with the codes for colours."""
    with TemporaryDirectory() as directory:
        command = [sys.executable, "-m", "sebridge", "demo", "--exit-after-stories"]
        return subprocess.run(
            [*command, "--speed", "60", "--directory", directory],
            env=os.environ | {"FORCE_COLOR": "1", "COLUMNS": str(_COLUMNS)},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout


def drawing(text: str) -> str:
    """Return an SVG of a terminal with this text."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text("$ script/demo", style="bold green"))
    console.print(Text.from_ansi(text.strip()), "\n")  # or letters of another font are cut off
    drawn = console.export_svg(title="sebridge", theme=DIMMED_MONOKAI, unique_id=_OWN_NAMES)
    return _FONT.sub("", drawn)


def main() -> int:
    """Draw the picture."""
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(drawing(shown()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
