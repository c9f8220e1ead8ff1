"""The house plan, checked: levels, tests, names, sizes, and what no file may say."""

import ast
from pathlib import Path
import re
import subprocess
import sys

from sebridge.cli.main import main
from sebridge.settings.config import load

_PROJECT = Path(__file__).parents[1]
_PACKAGE = _PROJECT / "sebridge"


def _texts() -> list[tuple[Path, str]]:
    """Return every text file that is part of the project."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=_PROJECT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    found = []
    for name in listed:
        path = _PROJECT / name
        if path.is_file() and path.suffix not in {".png", ".ico", ".db"}:
            # a seed of the fuzzer may be of any octets
            found.append((path, path.read_text(encoding="utf-8", errors="replace")))
    return found


def test_every_package_imports_only_from_lower_levels() -> None:
    # as a program, because it switches off the loggers of the process that it runs in
    linter = Path(sys.executable).with_name("lint-imports")

    found = subprocess.run(
        [linter, "--no-cache"], cwd=_PROJECT, check=False, capture_output=True, text=True
    )

    assert found.returncode == 0, found.stdout


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        path.relative_to(_PROJECT)
        for path in _PACKAGE.rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


def test_the_example_configuration_loads() -> None:
    assert load(_PROJECT / "config.example.yaml", {}).gateway.name == "home"


def test_nothing_is_fetched_from_a_registry_that_is_named_in_a_file() -> None:
    hosts = re.compile(
        r"(pypi|pythonhosted|npmjs|crates)\.(org|io|com)" + r"|" + r"index-url|artifactory",
        re.IGNORECASE,
    )

    named = [
        f"{path.relative_to(_PROJECT)}: {line.strip()[:80]}"
        for path, text in _texts()
        if path != Path(__file__)
        for line in text.splitlines()
        if hosts.search(line)
    ]

    assert named == []


def test_the_commands_of_the_readme_exist() -> None:
    readme = (_PROJECT / "README.md").read_text()

    commands = set(re.findall(r"^(?:\$ |.*/)sebridge ([a-z-]+)", readme, re.MULTILINE))
    scripts = set(re.findall(r"script/[a-z_]+", readme))

    assert commands
    assert commands <= set(main.commands)
    assert scripts
    assert all((_PROJECT / script).is_file() for script in scripts)


def test_the_links_of_the_readme_lead_somewhere() -> None:
    readme = (_PROJECT / "README.md").read_text()

    for target in re.findall(r"\]\(([^)#]+)", readme):
        if "://" not in target:
            assert (_PROJECT / target).exists(), target
