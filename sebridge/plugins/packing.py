"""A plug-in's folder as its author has it: what is wrong with it, and the package of it."""

import ast
from collections.abc import Callable, Iterable, Iterator
import io
from pathlib import Path
import stat
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sebridge import __version__
from sebridge.base.errors import ConfigError
from sebridge.plugin.worker import LIBRARIES
from sebridge.plugins.manifest import DRIVERS, MANIFEST, Manifest, manifest_in, unfit
from sebridge.plugins.package import MOST_OCTETS, problems_of_members
from sebridge.settings.document import Document

_LEFT_OUT: Final = frozenset({"__pycache__", "tests"})
_SUFFIXES: Final = frozenset({".pyc", ".zip", ".minisig"})
_OF_TESTS: Final = "test_"
_WHEN: Final = (1980, 1, 1, 0, 0, 0)  # of each file, as a package is the same always
_MODE: Final = (stat.S_IFREG | 0o644) << 16


def problems_of(folder: Path, problems_of_driver: Callable[[Path], Iterable[str]]) -> list[str]:
    """Return all that is wrong with a plug-in, each with its file, and with its key and line.

    `problems_of_driver` says what is wrong with the driver in a folder.
    """
    found = [
        f"{path.relative_to(folder)} is a link; only files are packed"
        for path in _files(folder)
        if path.is_symlink()
    ]
    if found:
        return found
    codes, found = _codes(folder)
    try:
        manifest, document = manifest_in(_manifest_octets(folder))
    except ConfigError as error:
        return [*error.problems, *found]
    for key, problem in unfit(manifest, __version__):
        document.complain((key,), problem)
    _look_for_hooks(manifest, document, folder, codes)
    found = [*(f"{MANIFEST}: {problem}" for _, problem in sorted(document.problems)), *found]
    for driver in manifest.drivers:
        place = Path(DRIVERS) / driver
        found += [f"{place}/{problem}" for problem in problems_of_driver(folder / place)]
    if not found:
        package = package_of(folder)
        with ZipFile(io.BytesIO(package)) as opened:
            found += problems_of_members(opened.infolist(), len(package))
        if len(package) > MOST_OCTETS:
            found.append(f"the package has more than {MOST_OCTETS} octets")
    return found


def package_of(folder: Path) -> bytes:
    """Return the package of a folder: the same octets whenever the same files are in it.

    Tests, hidden files, bytecode and packages are left out.
    """
    made = io.BytesIO()
    with ZipFile(made, "w") as opened:
        for path in _files(folder):
            member = ZipInfo(path.relative_to(folder).as_posix(), _WHEN)
            member.external_attr = _MODE
            opened.writestr(member, path.read_bytes(), ZIP_DEFLATED)
    return made.getvalue()


def _files(folder: Path) -> list[Path]:
    """Return what is packed, in the order of the names."""
    return sorted(
        path
        for path in folder.rglob("*")
        if (path.is_file() or path.is_symlink()) and not _is_left_out(path.relative_to(folder))
    )


def _is_left_out(path: Path) -> bool:
    if path.suffix in _SUFFIXES or "__pycache__" in path.parts:
        return True
    if path.parts[0] == LIBRARIES:  # of which nobody knows what it needs
        return False
    hidden = any(part.startswith(".") for part in path.parts)
    return hidden or bool(_LEFT_OUT & set(path.parts[:-1])) or path.name.startswith(_OF_TESTS)


def _manifest_octets(folder: Path) -> bytes:
    try:
        return (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise ConfigError([f"{MANIFEST} cannot be read: {error.strerror}"]) from error


# ------------------------------------------------------------------ code


def _codes(folder: Path) -> tuple[dict[Path, ast.Module | None], list[str]]:
    """Return the code of the plug-in's own files, and what of it is no Python."""
    codes, broken = dict[Path, ast.Module | None](), list[str]()
    for path in _files(folder):
        name = path.relative_to(folder)
        if path.suffix == ".py" and name.parts[0] != LIBRARIES:
            try:
                codes[name] = ast.parse(path.read_bytes())
            except (SyntaxError, ValueError) as error:
                line = getattr(error, "lineno", None)
                where = f"{name} (line {line})" if line else str(name)
                broken.append(f"{where}: {getattr(error, 'msg', error)}")
                codes[name] = None
    return codes, broken


def _look_for_hooks(
    manifest: Manifest, document: Document, folder: Path, codes: dict[Path, ast.Module | None]
) -> None:
    for key in ("start", "stop", "install", "uninstall"):
        hook: str | None = getattr(manifest.hooks, key)
        if hook is None:
            continue
        problem = next(_problems_of_hook(hook, folder, codes), None)
        if problem is not None:
            document.complain(("hooks", key), problem)


def _problems_of_hook(
    hook: str, folder: Path, codes: dict[Path, ast.Module | None]
) -> Iterator[str]:
    module, _, function = hook.partition(":")
    stem = Path(*module.split("."))
    places = (stem.with_suffix(".py"), stem / "__init__.py")
    place = next((place for place in places if place in codes), None)
    if place is None:
        if not any((folder / LIBRARIES / place).is_file() for place in places):
            yield f"there is no {places[0]}"
        return
    code = codes[place]
    if code is None:
        return  # it is broken, which is told of the file
    names = {name: node for node in code.body for name in _names_of(node)}
    if function not in names:
        yield f"{place} has no function {function}"
    elif isinstance(node := names[function], ast.FunctionDef | ast.AsyncFunctionDef):
        arguments = node.args
        if not (arguments.posonlyargs or arguments.args or arguments.vararg):
            yield f"{place}, line {node.lineno}: {function} takes no bridge"


def _names_of(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            for alias in names:
                yield alias.asname or alias.name
        case ast.Assign(targets=targets):
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id
