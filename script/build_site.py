#!/usr/bin/env python
"""Make a site of the pages, with search: `script/docs --site [DIRECTORY]`, by itself in `site`.

The pages are put together as they lie in the project, so that links between them, which lead
somewhere there, lead to the same places here. Whatever is wrong with them is an error.
"""

from collections.abc import Sequence
import os
from pathlib import Path
import shutil
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PAGES: Final = (
    *("*.md", "docs/**/*.md", "hassio-addon/*.md", "benchmarks/*.md"),
    "examples/homeassistant/*.md",
)
# what pages lead to
BESIDE: Final = (
    "LICENSE",
    "config.example.yaml",
    "docs/pictures/*.svg",
    "docs/images/console/*.png",
    "docs/images/homeassistant/*.png",
    "hassio-addon/logo.png",
)
MARK: Final = "sitemap.xml"  # where it is, there is a site, which may be written over


def files() -> list[Path]:
    """Return all that the site is made of."""
    return sorted(path for pattern in (*PAGES, *BESIDE) for path in ROOT.glob(pattern))


def build(site: Path) -> int:
    """Make the site in a directory, which is emptied before; return the exit status."""
    with TemporaryDirectory() as assembled:
        for path in files():
            target = assembled / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        command = [sys.executable, "-m", "mkdocs", "build", "--strict"]  # --quiet hides faults
        places = ["--config-file", str(ROOT / "mkdocs.yml"), "--site-dir", str(site.resolve())]
        # the second is about MkDocs 2, which the lock keeps away
        environment = os.environ | {"SITE_PAGES": assembled, "NO_MKDOCS_2_WARNING": "1"}
        built = subprocess.run(
            [*command, *places], env=environment, check=False, capture_output=True, text=True
        )
    if built.returncode != 0:
        sys.stderr.write(built.stdout + built.stderr)
    return built.returncode


def main(arguments: Sequence[str]) -> int:
    """Make the site and say where it is."""
    site = Path(arguments[0] if arguments else "site")
    if site.exists() and any(site.iterdir()) and not (site / MARK).exists():
        print(f"{site} holds something else; name a new directory", file=sys.stderr)
        return 1
    status = build(site)
    if status == 0:
        print(f"the site: {site / 'index.html'}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
