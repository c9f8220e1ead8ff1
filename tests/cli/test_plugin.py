"""`sebridge plugin`: folders that work, packages that are the same always, what is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
import threading
from zipfile import ZipFile

import pytest
from typing_extensions import override

from sebridge.plugin import API_VERSION
from tests.cli.runner import run

MANIFEST = "name: a\nversion: 1.0\ndescription: It is a.\n"


def folder(above: Path, manifest: str = MANIFEST, /, **files: str) -> Path:
    """Return a plug-in's folder; `lib__x` is the file x.py in its folder lib."""
    made = above / "a"
    made.mkdir()
    (made / "plugin.yml").write_text(manifest)
    for name, text in files.items():
        path = made / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return made


def problems(made: Path) -> list[str]:
    """Return what is said to be wrong."""
    shown = run("plugin", "check", str(made))
    assert shown.exit_code == 1, shown.output
    return shown.stderr.splitlines()


def packed(made: Path, output: Path) -> list[str]:
    """Return the names in the package of a folder."""
    shown = run("plugin", "pack", str(made), "-o", str(output))
    assert shown.exit_code == 0, shown.output
    with ZipFile(output) as package:
        return package.namelist()


def test_a_new_one_is_right_and_is_not_made_twice(tmp_path: Path) -> None:
    made = run("plugin", "new", "heat-pump", "--in", str(tmp_path))
    checked = run("plugin", "check", str(tmp_path / "heat-pump"))
    again = run("plugin", "new", "heat-pump", "--in", str(tmp_path))
    wrong = run("plugin", "new", "heat pump")

    assert [Path(line).name for line in made.stdout.splitlines()] == [
        "plugin.yml",
        "heat_pump.py",
        "test_heat_pump.py",
    ]
    assert checked.exit_code == 0, checked.output
    assert (again.exit_code, wrong.exit_code) == (1, 2)
    assert "cannot be made: File exists" in again.stderr


def test_a_package_is_always_the_same_and_has_what_is_needed(tmp_path: Path) -> None:
    made = folder(tmp_path, main="", test_main="", tests__x="", lib__test_x="", lib__x="")
    (made / ".git").mkdir()
    (made / ".git" / "config").touch()
    (made / "a-0.9.zip").touch()
    first, second = tmp_path / "1.zip", tmp_path / "2.zip"
    names = packed(made, first)
    (made / "main.py").touch()
    packed(made, second)

    assert names == ["lib/test_x.py", "lib/x.py", "main.py", "plugin.yml"]
    assert first.read_bytes() == second.read_bytes()


def test_a_package_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    shown = run("plugin", "pack", str(folder(tmp_path)), "-o", str(tmp_path / "no" / "a.zip"))

    assert shown.exit_code == 1
    assert "cannot be written: No such file or directory" in shown.stderr


def test_all_that_is_wrong_is_said_with_file_key_and_line(tmp_path: Path) -> None:
    manifest = (
        "name: a\nversion: 1.0\ndescription: It is a.\n"
        "requires_sebridge: '>=99'\nrequires_api: '>=2'\n"
        "hooks:\n  start: main:begin\n  stop: main:stop\n  install: none.at.all:x\n"
    )
    made = folder(tmp_path, manifest, main="\ndef stop():\n    pass\n", broken="x =\n")

    found = problems(made)

    assert found[0].startswith("plugin.yml: requires_sebridge (line 4): needs sebridge >=99, and")
    needed = "needs version >=2 of sebridge.plugin"
    assert found[1:] == [
        f"plugin.yml: requires_api (line 5): {needed}, and this is {API_VERSION}",
        "plugin.yml: hooks.start (line 7): main.py has no function begin",
        "plugin.yml: hooks.stop (line 8): main.py, line 2: stop takes no bridge",
        "plugin.yml: hooks.install (line 9): there is no none/at/all.py",
        "broken.py (line 1): invalid syntax",
    ]


@pytest.mark.parametrize(
    "code",
    [
        "def start(bridge): pass",
        "async def start(bridge, /): pass",
        "def start(*all): pass",
        "from other import start",
        "import other as start",
        "start = print",
        "class start: pass",
    ],
)
def test_a_hook_may_be_whatever_can_be_called(tmp_path: Path, code: str) -> None:
    made = folder(tmp_path, f"{MANIFEST}hooks: {{start: main:start}}\n", main=code)

    assert run("plugin", "check", str(made)).exit_code == 0


def test_a_hook_may_be_in_a_package_or_among_the_libraries(tmp_path: Path) -> None:
    manifest = (
        f"{MANIFEST}hooks: {{start: 'whole:start', stop: 'x:stop', install: 'part.init:start'}}\n"
    )
    made = folder(tmp_path, manifest, part__init="def start(bridge): pass", lib__x="")
    (made / "whole").mkdir()
    (made / "whole" / "__init__.py").write_text("from part.init import start")

    assert run("plugin", "check", str(made)).exit_code == 0


def test_a_hook_in_broken_code_is_told_of_the_code_alone(tmp_path: Path) -> None:
    made = folder(tmp_path, f"{MANIFEST}hooks: {{start: 'main:start'}}\n", main="\0")

    assert problems(made) == ["main.py: source code string cannot contain null bytes"]


def test_what_is_no_manifest_is_told(tmp_path: Path) -> None:
    made = folder(tmp_path, "name: a\nversion: x\n", broken="(")
    assert problems(made) == [
        "plugin.yml: description (line 1): is missing",
        "plugin.yml: version (line 2): the text is not one to four numbers with dots between",
        "broken.py (line 1): '(' was never closed",
    ]

    (made / "plugin.yml").unlink()
    assert problems(made)[0] == "plugin.yml cannot be read: No such file or directory"


def test_links_and_what_is_too_large_are_not_packed(tmp_path: Path) -> None:
    made = folder(tmp_path)
    (made / "link").symlink_to("/etc")
    assert problems(made) == ["link is a link; only files are packed"]

    (made / "link").unlink()
    (made / "zeros").write_bytes(bytes(2 * 1024 * 1024))
    assert problems(made) == ["becomes more than 100 times as large"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("list",), "a token is needed"),
        (("list", "--url", "ftp://host", "--token-file", "{0}"), "is not like http://host:port"),
        (("install", "{0}", "--enable", "--no-start"), "--no-start does not"),
        (("list", "--token-file", "{1}"), "empty is empty"),
    ],
)
def test_wrong_use_is_told(tmp_path: Path, arguments: tuple[str, ...], problem: str) -> None:
    package, empty = tmp_path / "a.zip", tmp_path / "empty"
    package.write_text("a-token\n")
    empty.touch()
    shown = run("plugin", *(part.format(package, empty) for part in arguments))

    assert shown.exit_code == 2
    assert problem in shown.output


@pytest.mark.parametrize("token", ["very\nsecret", "geh€im-secret", "a secret"])
def test_what_is_no_token_is_told_and_not_said(token: str) -> None:
    shown = run("plugin", "list", SEBRIDGE_TOKEN=token)

    assert shown.exit_code == 2
    assert "SEBRIDGE_TOKEN has no token" in shown.output
    assert "ecret" not in shown.output


@pytest.mark.parametrize("command", [("list",), ("install", "{}")])
def test_where_nobody_answers_it_says_so(tmp_path: Path, command: tuple[str, ...]) -> None:
    package = tmp_path / "a.zip"
    package.touch()
    shown = run(
        *("plugin", *(part.format(package) for part in command)),
        *("--url", "https://127.0.0.1:9"),
        SEBRIDGE_TOKEN="x",
    )

    assert shown.exit_code == 3
    assert "sebridge: no bridge answers at https://127.0.0.1: " in shown.stderr


@pytest.mark.parametrize("answer", [b"{}", b"[]", b"null", b"<html>", b'{"error": {}}'])
def test_somebody_else_who_answers_is_no_bridge(answer: bytes) -> None:
    with answering(answer) as port:
        shown = run("plugin", "list", "--url", f"http://127.0.0.1:{port}", SEBRIDGE_TOKEN="x")

    assert shown.exit_code == 3
    assert "sebridge: no bridge answers at http://127.0.0.1" in shown.stderr


@contextmanager
def answering(body: bytes) -> Iterator[int]:
    """Answer all with a body; give the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def driver_folder(above: Path) -> Path:
    """Return the folder of the driver of a new plug-in."""
    made = run("plugin", "new", "my_plug", "--driver", "--in", str(above))
    assert made.exit_code == 0, made.output
    return above / "my_plug" / "drivers" / "my_plug"


def test_a_new_driver_is_right_and_is_packed_with_its_test(tmp_path: Path) -> None:
    driver_folder(tmp_path)

    assert packed(tmp_path / "my_plug", tmp_path / "a.zip") == [
        "drivers/my_plug/devices/plug_1.json",
        "drivers/my_plug/driver.yml",
        "plugin.yml",
    ]


def test_what_is_wrong_with_a_driver_is_said_with_its_file(tmp_path: Path) -> None:
    folder = driver_folder(tmp_path)
    manifest, snapshot = folder / "driver.yml", folder / "devices" / "plug_1.json"
    right = manifest.read_text()
    told = []
    for text, device in (
        (right.replace("class: socket", "class: plug"), None),
        (right + "    image: learn.svg\n", None),
        (right.replace("Plug 1", "Plug 2"), None),
        (right, "{}"),
        (right, ""),
        ("", None),
    ):
        manifest.write_text(text)
        if device is not None:
            snapshot.write_text(device)
        told += problems(tmp_path / "my_plug")
    snapshot.unlink()
    manifest.write_text(right)
    told += problems(tmp_path / "my_plug")
    manifest.unlink()
    told += problems(tmp_path / "my_plug")

    for problem in (
        "drivers/my_plug/driver.yml: class (line 2)",
        "drivers/my_plug/driver.yml: zigbee.learnmode.image: there is no learn.svg",
        "drivers/my_plug/devices/plug_1.json: productId has no 'Plug 1'",
        "drivers/my_plug/devices/plug_1.json: snapshot",
        "drivers/my_plug/devices/plug_1.json: is no JSON",
        "drivers/my_plug/driver.yml: zigbee",
        "drivers/my_plug/devices has no snapshot of a device",
        "drivers/my_plug/driver.yml cannot be read",
    ):
        assert any(problem in line for line in told), (problem, told)
