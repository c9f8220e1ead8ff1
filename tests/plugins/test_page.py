"""The plug-in that docs/plugins.md makes from nothing does what the page says."""

from pathlib import Path

from sebridge.base.clock import VirtualClock
from sebridge.settings.plugin_options import PluginsOptions
from tests.api.home import Home
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
