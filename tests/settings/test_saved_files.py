"""The saved files of the first gateways: read, written, read again."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ConfigError
from sebridge.base.redaction import shown
from sebridge.settings.additions import AddedCluster, AddedEndpoint, is_plain_name
from sebridge.settings.entries import ENTRIES, Entry
from sebridge.settings.saved_files import (
    CLUSTERS,
    DEVICES,
    ENDPOINTS,
    FILE_NAMES,
    INTERFACES,
    MODULES,
    REGISTRY,
    SavedFiles,
    read_saved_files,
    write_saved_files,
)

METER = Eui64.parse("00:13:a2:00:40:11:22:33")


def read(name: str, text: str) -> SavedFiles:
    return read_saved_files({name: text})


def problems_of(name: str, text: str) -> list[str]:
    with pytest.raises(ConfigError) as refusal:
        read(name, text)
    return list(refusal.value.problems)


# ------------------------------------------------------------------ the registry


def test_settings_have_a_type_and_a_value_or_neither() -> None:
    saved = read(
        REGISTRY,
        "ZDO_Device_Manager.refresh_rate int 0x78\n"
        "\n"
        "RPC_Manager.use_push bool True\r\n"
        "  RPC_Manager.pushed_file_prefix\tstr  Answer \n"
        "ZDO_Device_Manager.require_explicit_device_add",
    )

    assert saved.registry == {
        "ZDO_Device_Manager.refresh_interval": 120,
        "RPC_Manager.use_push": True,
        "RPC_Manager.pushed_file_prefix": "Answer",
        "ZDO_Device_Manager.require_explicit_device_add": None,
    }


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("RPC_Manager.use_push bool FALSE", False),
        ("RPC_Manager.use_push BOOL true", True),
        ("RPC_Manager.pushed_file_prefix string X", "X"),
        ("RPC_Manager.max_buffer_items int 7", 7),
    ],
)
def test_words_are_read_in_any_case_and_either_spelling(line: str, value: object) -> None:
    assert list(read(REGISTRY, line).registry.values()) == [value]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Nobody.setting int 1", "name: there is no registry entry 'Nobody.setting'"),
        ("RPC_Manager.use_push int 1", "RPC_Manager.use_push: is of type bool"),
        ("RPC_Manager.use_push bool 1", "RPC_Manager.use_push: '1' is neither True nor False"),
        ("RPC_Manager.use_push bool", "RPC_Manager.use_push: '' is neither True nor False"),
        ("RPC_Manager.max_buffer_items str 1", "RPC_Manager.max_buffer_items: is of type int"),
        ("RPC_Manager.max_buffer_items int 0", "RPC_Manager.max_buffer_items: 0 is not in"),
        ("RPC_Manager.max_buffer_items int 1 2", "'1 2' is not a whole number"),
        ("RPC_Manager.pushed_file_prefix str a/b", "'a/b' does not match"),
    ],
)
def test_a_wrong_setting_is_told_with_its_line(line: str, problem: str) -> None:
    (told,) = problems_of(REGISTRY, f"RPC_Manager.use_timestamps bool True\n{line}")

    assert told.startswith("registry_settings.ini (line 2): ")
    assert problem in told


def test_a_setting_under_both_its_names_is_there_twice() -> None:
    text = "ZDO_Device_Manager.refresh_rate int 1\nZDO_Device_Manager.refresh_interval int 60"

    assert len(problems_of(REGISTRY, text)) == 1
    (told,) = problems_of(REGISTRY, text.replace("int 1", "int 60", 1))
    assert told == "registry_settings.ini (line 2): is in line 1 already"


# ------------------------------------------------------------------ devices


@pytest.mark.parametrize(
    "line",
    [
        "00:13:A2:00:40:11:22:33",
        "0013a20040112233",
        "00-13-a2-00-40-11-22-33",
        "[00:13:A2:00:40:11:22:33]!",
        " 00:13:a2:00:40:11:22:33 \r",
    ],
)
def test_addresses_have_any_delimiters(line: str) -> None:
    assert read(DEVICES, f"{line}\n").devices == (METER,)


@pytest.mark.parametrize(
    "line",
    ["0013A2004011223", "0013A200401122334", "meter", "00:13:A2:00:40:11:22:3G", "00 13 A2"],
)
def test_what_is_no_address_is_told(line: str) -> None:
    (told,) = problems_of(DEVICES, line)

    assert told == f"devices.ini (line 1): {shown(line)} is not a 64-bit address of 16 hex digits"


@pytest.mark.parametrize("line", ["00" * 8, "FF" * 8])
def test_the_address_of_nobody_is_told(line: str) -> None:
    assert "of no device" in problems_of(DEVICES, line)[0]


# ------------------------------------------------------------------ names


@pytest.mark.parametrize(("name", "part"), [(MODULES, "modules"), (INTERFACES, "interfaces")])
def test_names_are_split_at_any_white_space(name: str, part: str) -> None:
    saved = read(name, "RPC_ZCL_Interface RPC_SE_Interface\n\n\tGarden\r\n")

    assert getattr(saved, part) == ("RPC_ZCL_Interface", "RPC_SE_Interface", "Garden")


def test_a_wrong_or_repeated_name_is_told() -> None:
    assert problems_of(MODULES, "garden ../other\ngarden.py garden") == [
        "modules.ini (line 1): '../other' is not the name of a module or class",
        "modules.ini (line 2): 'garden.py' is not the name of a module or class",
        "modules.ini (line 2): garden is there already",
    ]


# ------------------------------------------------------------------ endpoints and clusters


def test_an_endpoint_may_leave_off_what_its_class_has() -> None:
    saved = read(
        ENDPOINTS, "SE_EnergyServicePortal 0x5E\nEndpoint 10 0x0104 2 3\nEndpoint 11 260 0X10"
    )

    assert saved.endpoints == (
        AddedEndpoint(endpoint_class="SE_EnergyServicePortal", endpoint_id=0x5E),
        AddedEndpoint(
            endpoint_class="Endpoint",
            endpoint_id=10,
            profile_id=0x0104,
            device_id=2,
            device_version=3,
        ),
        AddedEndpoint(endpoint_class="Endpoint", endpoint_id=11, profile_id=260, device_id=16),
    )


def test_in_a_cluster_0_is_the_server_and_1_the_client() -> None:
    saved = read(CLUSTERS, "ZCL_Cluster 0x5E 1 0x0402 FALSE\nZCL_Cluster 94 0\nBasicServer 2")

    assert saved.clusters == (
        AddedCluster(
            cluster_class="ZCL_Cluster",
            endpoint_id=0x5E,
            server_or_client=1,
            cluster_id=0x0402,
            enable_APS_encryption=False,
        ),
        AddedCluster(cluster_class="ZCL_Cluster", endpoint_id=94, server_or_client=0),
        AddedCluster(cluster_class="BasicServer", endpoint_id=2),
    )


@pytest.mark.parametrize(
    ("name", "line", "problem"),
    [
        (ENDPOINTS, "Endpoint", "has 1 columns, not 2 to 5"),
        (ENDPOINTS, "Endpoint 1 2 3 4 5", "has 6 columns, not 2 to 5"),
        (ENDPOINTS, "End.point 1", "'End.point' is not the name of a class"),
        (ENDPOINTS, "Endpoint 0", "endpoint_id: '0' is not in 1..240"),
        (ENDPOINTS, "Endpoint 241", "endpoint_id: '241' is not in 1..240"),
        (ENDPOINTS, "Endpoint one", "endpoint_id: 'one' is not a whole number"),
        (ENDPOINTS, "Endpoint 1 65536", "profile_id: '65536' is not in 0..65535"),
        (ENDPOINTS, "Endpoint 1 1 -1", "device_id: '-1' is not in 0..65535"),
        (ENDPOINTS, "Endpoint 1 1 1 16", "device_version: '16' is not in 0..15"),
        (CLUSTERS, "ZCL_Cluster 1 2", "server_or_client: '2' is not in 0..1"),
        (CLUSTERS, "ZCL_Cluster 1 1 0x10000", "cluster_id: '0x10000' is not in"),
        (CLUSTERS, "ZCL_Cluster 1 1 1 yes", "'yes' is neither True nor False"),
    ],
)
def test_a_wrong_column_is_told(name: str, line: str, problem: str) -> None:
    (told,) = problems_of(name, f"\n{line}\n")

    assert told.startswith(f"{name} (line 2): {problem}")


def test_a_number_or_cluster_is_there_once() -> None:
    assert problems_of(ENDPOINTS, "Endpoint 7\nLamp 0x07") == [
        "endpoints.ini (line 2): is in line 1 already"
    ]
    assert problems_of(CLUSTERS, "Lamp 7\nLamp 0x07") == [
        "clusters.ini (line 2): is in line 1 already"
    ]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as refusal:
        read_saved_files(dict.fromkeys(FILE_NAMES, "! ! ! ! ! ! !"))

    files = [problem.partition(" ")[0] for problem in refusal.value.problems]
    assert set(files) == set(FILE_NAMES)


def test_a_very_long_word_is_shown_in_part() -> None:
    assert len(problems_of(DEVICES, "x" * 100_000)[0]) < 200


def test_files_that_are_not_there_say_nothing() -> None:
    assert read_saved_files({}) == SavedFiles()


def test_a_mark_of_utf_8_is_no_part_of_the_text() -> None:
    assert read(MODULES, "\ufeffgarden").modules == ("garden",)


# ------------------------------------------------------------------ there and back


def test_what_is_written_is_as_the_first_gateways_have_it() -> None:
    texts = {
        REGISTRY: "ZDO_Device_Manager.refresh_rate int 120\nRPC_Manager.use_push bool False\n"
        "RPC_Manager.pushed_file_prefix str X\nRPC_Manager.use_timestamps\n",
        DEVICES: "00:13:A2:00:40:11:22:33\n",
        MODULES: "garden\nRPC_SE_Interface\n",
        INTERFACES: "Garden\n",
        ENDPOINTS: "SE_EnergyServicePortal 0x5E\nEndpoint 0x0A 0x0104 0x0002 3\n",
        CLUSTERS: "ZCL_Cluster 0x5E 1 0x0402 True\nBasicServer 0x0A\n",
    }

    assert write_saved_files(read_saved_files(texts)) == texts


def test_an_entry_with_a_gap_has_no_line() -> None:
    entry = AddedEndpoint(endpoint_class="Lamp", endpoint_id=2, device_id=7)

    with pytest.raises(ValueError, match="a column is missing"):
        write_saved_files(SavedFiles(endpoints=(entry,)))


def _value(entry: Entry[Any]) -> st.SearchStrategy[Any]:
    if isinstance(entry.default, bool):
        return st.booleans()
    if isinstance(entry.default, int):
        return st.integers(entry.low, entry.high)
    if entry.words:
        return st.sampled_from(list(entry.words))
    return st.from_regex(entry.pattern, fullmatch=True).filter(lambda text: text.isprintable())


_NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True).filter(is_plain_name)
_ADDRESSES = st.binary(min_size=8, max_size=8).filter(
    lambda octets: octets not in {bytes(8), b"\xff" * 8}
)


@st.composite
def _prefixes(draw: Callable[[st.SearchStrategy[Any]], Any], *columns: Any) -> list[Any]:
    """Draw values for the first columns, None for the others."""
    length = draw(st.integers(0, len(columns)))
    given_ones = [draw(column) for column in columns[:length]]
    return given_ones + [None] * (len(columns) - length)


_WORDS16 = st.integers(0, 0xFFFF)
_ENDPOINTS = st.builds(
    lambda name, number, more: AddedEndpoint(
        endpoint_class=name,
        endpoint_id=number,
        profile_id=more[0],
        device_id=more[1],
        device_version=more[2],
    ),
    _NAMES,
    st.integers(1, 240),
    _prefixes(_WORDS16, _WORDS16, st.integers(0, 15)),
)
_CLUSTERS = st.builds(
    lambda name, number, more: AddedCluster(
        cluster_class=name,
        endpoint_id=number,
        server_or_client=more[0],
        cluster_id=more[1],
        enable_APS_encryption=more[2],
    ),
    _NAMES,
    st.integers(1, 240),
    _prefixes(st.integers(0, 1), _WORDS16, st.booleans()),
)
_SAVED = st.builds(
    SavedFiles,
    registry=st.fixed_dictionaries(
        {}, optional={entry.name: st.none() | _value(entry) for entry in ENTRIES}
    ),
    devices=st.lists(_ADDRESSES.map(Eui64.from_octets), unique=True, max_size=5).map(tuple),
    modules=st.lists(_NAMES, unique=True, max_size=5).map(tuple),
    interfaces=st.lists(_NAMES, unique=True, max_size=5).map(tuple),
    endpoints=st.lists(_ENDPOINTS, unique_by=lambda e: e.endpoint_id, max_size=5).map(tuple),
    clusters=st.lists(_CLUSTERS, unique=True, max_size=5).map(tuple),
)


@given(_SAVED)
def test_what_was_written_is_read_as_it_was(saved: SavedFiles) -> None:
    texts = write_saved_files(saved)

    again = read_saved_files(texts)

    assert again == saved
    assert list(again.registry) == list(saved.registry)
    assert write_saved_files(again) == texts


@given(st.dictionaries(st.sampled_from(FILE_NAMES), st.text(max_size=200)))
def test_no_text_is_anything_but_read_or_refused(texts: dict[str, str]) -> None:
    problems: tuple[str, ...] = ()
    saved = SavedFiles()

    try:
        saved = read_saved_files(texts)
    except ConfigError as error:
        problems = error.problems

    assert all(" (line " in problem for problem in problems)
    assert read_saved_files(write_saved_files(saved)) == saved
