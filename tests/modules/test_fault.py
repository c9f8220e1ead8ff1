"""What a caller hears of an error in code of the user."""

from pathlib import Path

import pytest

from sebridge.base.errors import ModuleError
from sebridge.modules.fault import fault

FILE = Path("/srv/secret place/modules/mine.py")


def raised_by(code: str) -> BaseException:
    try:
        exec(compile(code, str(FILE), "exec"), {})
    except BaseException as error:  # noqa: BLE001  # whatever the code raises is the subject
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("x = 1\ny = x / 0\n", "mine.py, line 2: ZeroDivisionError: division by zero"),
        ("def f():\n  raise KeyError\n\nf()\n", "mine.py, line 2: KeyError"),
        ("import json\n\njson.loads('{')\n", "mine.py, line 3: JSONDecodeError: Expecting"),
        ("raise SystemExit(3)\n", "mine.py, line 1: SystemExit: 3"),
        ("x = (\n", "mine.py, line 1: is not Python: '(' was never closed"),
    ],
)
def test_the_last_line_of_the_file_is_to_blame(code: str, told: str) -> None:
    assert str(fault(FILE, raised_by(code))).startswith(told)


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/other/things/none.txt')",
        "from sebridge.model.record import nothing",
        "raise ValueError('see /home/somebody/private/file.txt, and C:\\\\Users\\\\me\\\\file')",
        "import shutil; shutil.copy('/etc/none/a', '/etc/none/b')",
        f"raise ValueError({str(FILE)!r})",
    ],
)
def test_no_folder_is_named(code: str) -> None:
    text = str(fault(FILE, raised_by(code)))

    for folder in ("/etc", "/home", "somebody", "/srv", "secret", "Users", "site-packages", "zcl/"):
        assert folder not in text


def test_a_long_text_is_cut() -> None:
    assert len(str(fault(FILE, ValueError("x" * 10_000)))) < 400


def test_an_error_that_says_where_it_is_stays_as_it_is() -> None:
    error = ModuleError("mine.py", "is not right", 7)

    assert fault(FILE, error) is error
    assert error.details() == {"file": "mine.py", "line": 7}


def test_without_a_line_only_the_file_is_named() -> None:
    error = fault(FILE, ValueError("no"))

    assert str(error) == "mine.py: ValueError: no"
    assert error.details() == {"file": "mine.py"}
