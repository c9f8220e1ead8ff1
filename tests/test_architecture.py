"""The house plan, checked: levels, tests, names, sizes, and what no file may say."""

import ast
from pathlib import Path
import re
import subprocess
import sys

from sebridge.cli import main
from sebridge.settings.config import load

_PROJECT = Path(__file__).parents[1]
_PACKAGE = _PROJECT / "sebridge"
_MODULES = sorted(
    path.relative_to(_PACKAGE) for path in _PACKAGE.rglob("*.py") if path.name != "__init__.py"
)

TESTED_ELSEWHERE = {
    "__main__.py": "tests/test_cli.py starts it as a program",
}
"""Modules whose tests do not stand at the mirrored place."""


def _test_of(module: Path) -> Path:
    return _PROJECT / "tests" / module.parent / f"test_{module.name}"


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
            found.append((path, path.read_text(encoding="utf-8")))
    return found


def test_every_package_imports_only_from_lower_levels() -> None:
    # as a program, because it switches off the loggers of the process that it runs in
    linter = Path(sys.executable).with_name("lint-imports")

    found = subprocess.run(
        [linter, "--no-cache"], cwd=_PROJECT, check=False, capture_output=True, text=True
    )

    assert found.returncode == 0, found.stdout


def test_every_module_has_its_test_module() -> None:
    missing = [
        module.as_posix()
        for module in _MODULES
        if module.as_posix() not in TESTED_ELSEWHERE and not _test_of(module).is_file()
    ]

    assert missing == []


def test_no_exception_is_out_of_date() -> None:
    for name in TESTED_ELSEWHERE:
        assert (_PACKAGE / name).is_file()
        assert not _test_of(Path(name)).is_file()


def test_no_module_is_named_like_one_of_the_standard_library() -> None:
    names = {part for module in _MODULES for part in (*module.parent.parts, module.stem)}

    assert names & sys.stdlib_module_names == set()


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        path.relative_to(_PROJECT)
        for path in _PACKAGE.rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


_IMPOSED = {"EtherApplication"}
"""Classes whose methods are those that zigpy demands of every radio."""


def test_no_class_knows_everything() -> None:
    for path in _PACKAGE.rglob("*.py"):
        text = path.read_text()
        assert text.count("\n") <= 450, f"{path} is too long"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef) and node.name not in _IMPOSED:
                public = [
                    item.name
                    for item in node.body
                    if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))
                    and not item.name.startswith("_")
                ]
                assert len(public) <= 20, f"{path}: {node.name} has {len(public)} public methods"


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
