"""Say what broke in code of the user: the line of its own file, no word of other files. Pure."""

from pathlib import Path
import re
from types import TracebackType
from typing import Final

from sebridge.base.errors import ModuleError

_LONGEST: Final = 300  # characters of an error's own text
_PATH: Final = re.compile(r"(?<![\w.])(?:[A-Za-z]:)?[/\\](?:[^\s/\\'\"()<>:,;]+[/\\])+")


def fault(file: Path, error: BaseException) -> ModuleError:
    """Return the error that a caller hears when the code in a file raises one.

    The line is the last one of the file that was under way. Folders are left out of the text:
    those of the file, of whatever the error names, and any other.
    """
    if isinstance(error, ModuleError):
        return error
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return ModuleError(file.name, f"is not Python: {error.msg}", error.lineno)
    text = str(error).replace(f"{file.parent}/", "")
    words = _without_folders(text, error)[:_LONGEST]
    problem = f"{type(error).__name__}: {words}" if words else type(error).__name__
    return ModuleError(file.name, problem, _line(error.__traceback__, str(file)))


def _line(trace: TracebackType | None, file: str) -> int | None:
    found = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def _without_folders(text: str, error: BaseException) -> str:
    for name in ("filename", "filename2", "path"):
        named = getattr(error, name, None)
        if isinstance(named, str) and named:
            text = text.replace(named, Path(named).name)
    return _PATH.sub("", text)
