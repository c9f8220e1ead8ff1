"""plugin.yml: what it says, and where it is wrong."""

import pytest

from sebridge.base.errors import ConfigError, ParameterError
from sebridge.plugins.manifest import check_bridge, read_manifest
from sebridge.rpc.message import Scope
from sebridge.settings.additions import AddedCluster, AddedEndpoint
from tests.plugins.packages import MANIFEST, named

WHOLE = """
name: thermostat
version: 1.2.0
description: |
  A thermostat
  with schedules.
requires_sebridge: ">=0.1, <1"
dependencies: [common_clusters, "schedules >=1.2"]
scope: command
configuration:
  settings: {Conversation.default_timeout: 20}
  endpoints: [{endpoint_id: 7, profile_id: 0x0104, device_id: 0x0301}]
  clusters:
    - {endpoint_id: 7, cluster_id: 0x0201, side: client}
    - {endpoint_id: 7, cluster_id: 0x0006, encrypted: false}
  aliases: {HALL: "<eui64>00:0d:6f:00:0a:00:00:01</eui64>"}
hooks: {start: thermostat.main:start}
"""


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as raised:
        read_manifest(text.encode())
    return raised.value.problems


def test_a_manifest_says_all() -> None:
    manifest = read_manifest(WHOLE.encode())

    assert (manifest.name, manifest.version, manifest.scope) == (
        "thermostat",
        "1.2.0",
        Scope.COMMAND,
    )
    assert manifest.description == "A thermostat\nwith schedules.\n"
    assert [str(needed) for needed in manifest.dependencies] == [
        "common_clusters",
        "schedules >=1.2",
    ]
    configuration = manifest.configuration
    assert configuration.settings == {"Conversation.default_timeout": 20}
    assert configuration.endpoints[0].entry == AddedEndpoint(
        endpoint_class="Endpoint", endpoint_id=7, profile_id=0x0104, device_id=0x0301
    )
    assert [wanted.entry for wanted in configuration.clusters] == [
        AddedCluster(
            cluster_class="ZCL_Cluster", endpoint_id=7, server_or_client=1, cluster_id=0x0201
        ),
        AddedCluster(
            cluster_class="ZCL_Cluster",
            endpoint_id=7,
            cluster_id=0x0006,
            enable_APS_encryption=False,
        ),
    ]
    assert (manifest.hooks.start, manifest.hooks.stop) == ("thermostat.main:start", None)


def test_name_version_and_description_are_enough() -> None:
    manifest = read_manifest(MANIFEST.encode())

    assert (manifest.version, manifest.scope) == ("1.0", Scope.READ)
    check_bridge(manifest, "0.1.0")


def test_all_that_is_wrong_is_told_with_key_and_line() -> None:
    assert problems(
        "name: ../etc\nversion: one\nscope: root\nhooks:\n  start: main\n"
        "configuration:\n  settings: {No.such: 1}\n  endpoints: [{endpoint_id: 241}]\n"
    ) == (
        "plugin.yml: description (line 1): is missing",
        "plugin.yml: name (line 1): the text is not a letter and up to 63 letters, digits, _ or -",
        "plugin.yml: version (line 2): the text is not one to four numbers with dots between",
        "plugin.yml: scope (line 3): the text is none of read, command, admin",
        "plugin.yml: hooks.start (line 5): the text is not like module:function",
        "plugin.yml: configuration.settings.No.such (line 7): is no registry entry",
        "plugin.yml: configuration.endpoints[0].endpoint_id (line 8): '241' is not in 1..240",
    )


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("dependencies: [pump]\n", "dependencies[0] (line 4): is the plug-in itself"),
        ("dependencies: [a, a >1]\n", "dependencies[1] (line 4): is that of dependencies[0]"),
        ("drivers: [plug, plug]\n", "drivers[1] (line 4): is that of drivers[0]"),
        (
            "drivers: [../plug]\n",
            "drivers[0] (line 4): the text is not a letter and up to 63 letters, digits, _ or -",
        ),
        (
            f"drivers: {[f'd{n}' for n in range(257)]}\n",
            "drivers (line 4): has more than 256 entries",
        ),
        ("dependencies: [a >>1]\n", "dependencies[0] (line 4): is not like >=1.2, <2"),
        (
            "configuration: {endpoints: [{endpoint_id: 7}, {endpoint_id: 7}]}\n",
            "configuration.endpoints[1].endpoint_id (line 4): is that of endpoints[0]",
        ),
        ("hook: {}\n", "hook (line 4): is unknown; is hooks meant?"),
        ("hooks: [\n", "line 5: expected the node content, but found '<stream end>'"),
    ],
)
def test_rules_across_keys(more: str, problem: str) -> None:
    assert problems(named("pump", more=more)) == (f"plugin.yml: {problem}",)


@pytest.mark.parametrize("name", ["plugin", "rpc"])
def test_a_name_with_which_other_methods_begin_is_refused(name: str) -> None:
    assert problems(named(name)) == ("plugin.yml: name (line 1): is how methods of others begin",)


def test_what_is_no_text_or_too_long_is_no_manifest() -> None:
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        read_manifest(b"name: \xff")
    with pytest.raises(ConfigError, match="is longer than 256 KiB"):
        read_manifest(b"#" * 300_000)


def test_a_plugin_may_need_another_bridge() -> None:
    manifest = read_manifest(named("pump", more='requires_sebridge: ">=2"\n').encode())

    with pytest.raises(ParameterError, match=r"needs sebridge >=2, and this is 0\.1\.0"):
        check_bridge(manifest, "0.1.0")
