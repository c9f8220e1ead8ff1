"""What a frame says, field by field."""

from hypothesis import given, strategies as st
import pytest

from sebridge.app.clusters import CLUSTERS
from sebridge.zcl.explanation import Part, cluster_name, command_name, explain
from sebridge.zcl.frame_text import explanation_lines
from sebridge.zcl.identifiers import METERING, PRICE, SE_PROFILE, ZDO_PROFILE
from tests.zcl.wire import VECTORS


def zdo_lines(command: int, octets: str) -> list[str]:
    explained = explain(CLUSTERS, ZDO_PROFILE, command, bytes.fromhex(octets))
    assert explained.problem == ""
    return [" ".join(line.split()) for line in explanation_lines(explained)]


def test_every_field_of_the_header_is_told() -> None:
    explained = explain(CLUSTERS, SE_PROFILE, PRICE, bytes.fromhex("11070001"))

    assert explained.header == (
        Part(
            "frame_control",
            0x11,
            parts=(
                Part("frame_type", 1, "command of the cluster"),
                Part("manufacturer_specific", value=False),
                Part("direction", 0, "client -> server"),
                Part("disable_default_response", value=True, meaning="answer only what goes wrong"),
            ),
        ),
        Part("sequence", 7),
        Part("command_id", 0, "get_current_price"),
    )


def test_the_manufacturer_stands_in_the_header() -> None:
    explained = explain(CLUSTERS, SE_PROFILE, METERING, bytes.fromhex("0c1e10 070a 0000 2005"))

    assert Part("manufacturer_code", 0x101E) in explained.header
    assert explained.fields[0].name == "0x0000"  # not the standard's attribute of that number


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_the_name_of_a_command_needs_its_header_only(vector: dict[str, str]) -> None:
    octets, cluster_id = bytes.fromhex(vector["zcl_frame"]), int(vector["cluster"], 16)

    assert command_name(CLUSTERS, SE_PROFILE, cluster_id, octets[:3]) == vector["command"]


@pytest.mark.parametrize(
    ("profile_id", "cluster_id", "octets", "name"),
    [
        (SE_PROFILE, PRICE, "097700", "publish_price"),
        (SE_PROFILE, PRICE, "0977ee", "command 0xEE"),
        (SE_PROFILE, 0xFC00, "097700", "command 0x00"),
        (SE_PROFILE, PRICE, "0d1e107700", "command 0x00"),
        (SE_PROFILE, PRICE, "08770a", "report_attributes"),
        (SE_PROFILE, PRICE, "0877ee", "command 0xEE"),
        (SE_PROFILE, PRICE, "09", "unreadable"),
        (ZDO_PROFILE, 0x8002, "", "Node_Desc_rsp"),
        (ZDO_PROFILE, 0x0031, "", "Mgmt_Lqi_req"),
        (ZDO_PROFILE, 0x0777, "", "command 0x0777"),
    ],
)
def test_every_command_has_a_name(profile_id: int, cluster_id: int, octets: str, name: str) -> None:
    assert command_name(CLUSTERS, profile_id, cluster_id, bytes.fromhex(octets)) == name


def test_a_cluster_without_a_name_is_told_by_its_number() -> None:
    assert cluster_name(CLUSTERS, 0x0006) == "on_off"
    assert cluster_name(CLUSTERS, 0xFCAB) == "cluster 0xFCAB"


def test_what_cannot_be_read_has_its_header_and_the_octet() -> None:
    explained = explain(CLUSTERS, SE_PROFILE, 0x0703, bytes.fromhex("09ce01ee"))

    assert (explained.cluster, explained.command) == ("messaging", "cancel_message")
    assert explained.problem_at == 3
    assert "is cut off" in explained.problem
    assert explained.header[-1] == Part("command_id", 1, "cancel_message")
    assert explained.fields == ()


def test_what_has_no_header_is_told_as_such() -> None:
    explained = explain(CLUSTERS, SE_PROFILE, 0xFCAB, b"\x01")

    assert (explained.cluster, explained.command) == ("cluster 0xFCAB", "unreadable")
    assert explained.header == ()


@pytest.mark.parametrize(
    ("cluster_id", "attribute", "meaning"),
    [
        (0x0402, "0000 29 fc08", "23 °C"),
        (0x0402, "0000 29 0080", "no value"),
        (0x0402, "0000 29", ""),
        (0x0405, "0000 21 8913", "50.01 %"),
        (0x0001, "2100 20 c8", "100 %"),
        (0x0001, "2000 20 1e", "3 V"),
        (0x0201, "0000 29 6af6", "-24.54 °C"),
        (0x0402, "0000 42 0141", ""),  # of a wrong type
        (0x0402, "1000 21 0500", ""),
    ],
)
def test_attributes_have_their_units(cluster_id: int, attribute: str, meaning: str) -> None:
    explained = explain(CLUSTERS, 0x0104, cluster_id, bytes.fromhex(f"18070a {attribute}"))

    told = [part.parts[-1].meaning for part in explained.fields]
    assert told == ([] if explained.problem else [meaning])


# ------------------------------------------------------------------ device objects


def test_an_announcement_tells_what_the_device_can() -> None:
    capability = "full function device, mains powered, receives when idle, allocate address"

    assert zdo_lines(0x0013, "01 7856 01 00 00 0a 00 6f 0d 00 8e") == [
        "zdo Device_annce (sequence 1)",
        "NWKAddr 22136",
        "IEEEAddr '00:0d:6f:00:0a:00:00:01'",
        f"Capability 142 ({capability})",
    ]


def test_a_simple_descriptor_names_its_clusters() -> None:
    descriptor = "09 0901 0105 00 02 0000 0207 01 0007"
    told = zdo_lines(0x8004, f"07 00 3412 0e {descriptor}")

    assert told[1] == "Status 0 (SUCCESS)"
    assert "profile_id 265 (Smart Energy), device_id 1281 (meter)" in told[3]
    assert "input_clusters [0, 1794] (basic, metering)" in told[3]
    assert "output_clusters [1792] (price)" in told[3]


@pytest.mark.parametrize(
    ("command", "octets", "line"),
    [
        (0x8002, "07 81 3412", "Status 129 (DEVICE_NOT_FOUND)"),
        (0x8002, "07 f0 3412", "Status 240"),
        (0x0006, "07 3412 0401 01 0700 00", "ProfileID 260 (Home Automation)"),
        (0x0006, "07 3412 0901 01 0700 00", "InClusterList [7] (on_off_config)"),
        (0x0038, "07 00 80 00 00 fe 01", "ScanChannels 32768 (channels 15)"),
        (0x8002, "07 00 3412 01 40 8e 0000 52 ff00 0000 ff00 00", "logical_type 1 (router)"),
        (0x8002, "07 00 3412 07 40 8e 0000 52 ff00 0000 ff00 00", "logical_type 7, complex"),
        (0x8001, "07 00 01 00 00 0a 00 6f 0d 00 3412", "NWKAddr 4660"),
        (0x0021, "0a 0100000a006f0d00 09 0207 01 0700", "ClusterID 1794 (metering)"),
    ],
)
def test_fields_of_device_objects_have_their_words(command: int, octets: str, line: str) -> None:
    assert any(line in told for told in zdo_lines(command, octets))


@pytest.mark.parametrize(
    ("command", "octets", "problem"),
    [
        (0x0777, "0700", "0x0777 is no ZDO command that is known here"),
        (0x8004, "07003412", ""),
        (0x0002, "07", "NWKAddrOfInterest is cut off"),
        (0x0002, "", "the ZDO frame is empty"),
    ],
)
def test_what_is_wrong_with_a_device_object_is_told(
    command: int, octets: str, problem: str
) -> None:
    assert explain(CLUSTERS, ZDO_PROFILE, command, bytes.fromhex(octets)).problem == problem


@given(
    st.sampled_from([ZDO_PROFILE, SE_PROFILE, 0x0104]),
    st.one_of(
        st.sampled_from([0x0000, 0x0006, 0x0013, 0x0700, 0x0702, 0x0705, 0x8002, 0x8004]),
        st.integers(0, 0xFFFF),
    ),
    st.binary(max_size=40),
)
def test_any_octets_are_explained(profile_id: int, cluster_id: int, octets: bytes) -> None:
    explained = explain(CLUSTERS, profile_id, cluster_id, octets)

    assert explained.command
    assert not (explained.problem and explained.fields)
