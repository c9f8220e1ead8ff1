"""What the tests of this process reach of the code: a plug-in of pytest, `-p tests.reached`.

It counts lines and branches, and no more of a line once it was reached; so it is there before any
module of ours. Programs that tests start are not measured.
"""

import ast
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
import json
import os
from pathlib import Path
import sys
from types import CodeType, ModuleType
from typing import Any, Final

import slipcover
from slipcover.branch import preinstrument
from typing_extensions import override

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / ".coverage"
"""Each process tells here what it reached, in a file of its own."""
_DECLARED: Final = ["@overload", r"^ +\.\.\.$"]
"""What is declared and never run."""
_OURS: Final = "sebridge"
_COMPILED: Final = ".pyc"
_MARKED: Final = f".slipcover-{slipcover.__version__}{_COMPILED}"

_REACHED: Final = slipcover.Slipcover(immediate=True, branch=True, exclude_also=_DECLARED)


class _Loader(SourceFileLoader):
    """Loads a module with marks. Those of its branches are compiled, and kept as Python keeps it.

    slipcover's own loader compiles them in each process anew.
    """

    @override
    def source_to_code(  # type: ignore[override]  # it is no static method, whatever typeshed says
        self, data: Any, path: Any, *, _optimize: int = -1
    ) -> CodeType:
        return compile(preinstrument(ast.parse(data)), path, "exec")

    @override
    def get_data(self, path: str) -> bytes:
        return super().get_data(_kept(path))

    @override
    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        super().set_data(_kept(path), data, _mode=_mode)

    @override
    def exec_module(self, module: ModuleType) -> None:
        code = self.get_code(module.__name__)
        _REACHED.register_module(module)
        exec(_REACHED.instrument(code), module.__dict__)  # as every loader does


def _kept(path: str) -> str:
    """Return where a file is: what is compiled with marks is beside what has none."""
    return f"{path.removesuffix(_COMPILED)}{_MARKED}" if path.endswith(_COMPILED) else path


class _Finder(MetaPathFinder):
    """Finds our modules as ever, and has them loaded with marks."""

    @override
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != _OURS:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


sys.meta_path.insert(0, _Finder())


def told() -> str:
    """Return what was reached until now, as JSON."""
    return json.dumps(_REACHED.get_coverage())


def pytest_sessionfinish() -> None:
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.json").write_text(told())
