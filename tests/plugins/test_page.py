"""The plug-in that docs/plugins.md makes from nothing does what the page says."""

import ast
import importlib
import inspect
from pathlib import Path
import sys

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.plugin.testing import Stage
from sebridge.settings.plugin_options import PluginsOptions
from tests.api.home import Home
from tests.cli.runner import run
from tests.page_examples import blocks
from tests.plugins.packages import package


async def test_the_plugin_of_the_page_runs(clock: VirtualClock, tmp_path: Path) -> None:
    [manifest] = [text for text in blocks("plugins.md", "yaml") if "name: price_log" in text]
    made = package(manifest, price_log=blocks("plugins.md", "python")[0])
    (tmp_path / "price_log.zip").write_bytes(made)
    home = Home(clock, (), plugins=PluginsOptions(directory=tmp_path, allow_unsigned=True))
    await home.start()
    try:
        await home.call("install_package", filename="price_log.zip")
        enabled = await home.call("enable_plugin", plugin_name="price_log")
        aliases = await home.call("list_aliases")
    finally:
        await home.stop()

    assert enabled == {
        "plugin_name": "price_log",
        "version": "1.0",
        "active": True,
        "enabled": "True",
    }
    assert list(aliases["alias_list"]) == ["HALL"]
    assert 7 not in home.gateway.endpoints  # what was lent is taken back


async def test_what_is_made_from_nothing_is_tried_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("plugin", "new", "report_count", "--in", str(tmp_path)).exit_code == 0
    monkeypatch.syspath_prepend(tmp_path / "report_count")
    names = {"report_count": importlib.import_module("report_count"), "Stage": Stage}
    code = compile(
        blocks("plugins.md", "python")[1], "plugins.md", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    )
    working = eval(code, names)  # what the page shows
    assert inspect.iscoroutine(working)

    await working

    del sys.modules["report_count"]
