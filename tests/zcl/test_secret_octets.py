"""Keys and codes in frames are zeros for whoever is shown them."""

from hypothesis import given, strategies as st
import pytest

from sebridge.app.clusters import CLUSTERS
from sebridge.zcl.secret_octets import without_secrets
from tests.zcl.wire import VECTORS

KEY = bytes(range(0x10, 0x20)).hex()
CODE = b"4711-0815".hex()
SE, HA, PREPAYMENT, COMMISSIONING = 0x0109, 0x0104, 0x0705, 0x0015


def shown(profile_id: int, cluster_id: int, octets: str) -> tuple[str, int]:
    told, hidden = without_secrets(CLUSTERS, profile_id, cluster_id, bytes.fromhex(octets))
    assert len(told) == len(bytes.fromhex(octets))
    return told.hex(), hidden


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_frames_without_keys_are_shown_as_they_are(vector: dict[str, str]) -> None:
    frame = vector["zcl_frame"]

    assert shown(SE, int(vector["cluster"], 16), frame) == (frame, 0)


def test_a_key_among_attributes_is_hidden_and_the_others_are_not() -> None:
    before, after = "18070a 1000 20 05 1200 f1", "1300 10 01"

    told, hidden = shown(SE, COMMISSIONING, f"{before} {KEY} {after}")

    assert told == (before + "00" * 16 + after).replace(" ", "")
    assert hidden == 16


@pytest.mark.parametrize(
    "octets",
    [
        f"180702 1200 f1 {KEY}",  # written
        f"180701 1200 00 f1 {KEY}",  # read
        f"180701 1200 00 f1 {KEY[:-2]}",  # cut off
        f"18070a 0100 48 f1 0100 {KEY}",  # in a list
        f"18070a 0100 4c 0200 20 07 f1 {KEY}",  # in a structure
        f"1807ee f1 {KEY}",  # of a command that nobody knows
    ],
)
def test_a_key_is_hidden_wherever_it_stands(octets: str) -> None:
    told, hidden = shown(SE, COMMISSIONING, octets)

    assert KEY[:-2] not in told
    assert hidden >= 15
    assert told[:6] == octets[:6]


@pytest.mark.parametrize(
    "octets",
    [
        f"010704 02 09 {CODE}",  # topped up
        f"010704 02 0a {CODE}",  # cut off
        f"090705 00 01 09 {CODE} e8030000 00000000",  # told later
        f"180701 1301 00 41 09 {CODE}",  # read of the meter
        f"18070a 1301 42 09 {CODE}",  # as another type
        f"18070a 1301 41 0a {CODE}",  # cut off
        f"090705 01000000 00 01 01 {CODE}",  # what cannot be read
    ],
)
def test_the_codes_of_prepayment_are_hidden(octets: str) -> None:
    told, hidden = shown(SE, PREPAYMENT, octets)

    assert CODE not in told
    assert hidden >= 9


def test_the_other_attributes_of_prepayment_are_shown() -> None:
    assert shown(SE, PREPAYMENT, "18070a 0000 18 04")[1] == 0
    assert shown(SE, PREPAYMENT, "18070a 1301 41 ff")[1] == 0  # no code


@pytest.mark.parametrize(
    ("profile_id", "cluster_id", "head"),
    [
        (HA, 0x0101, "010705"),  # the code of a lock
        (HA, 0x0501, "010700"),  # the code of an alarm system
        (HA, 0x0021, "090701"),  # a key of Green Power
        (0xC05E, 0x1000, "090711"),  # the network's key by Touchlink
        (0x0000, 0x0040, "07"),  # the negotiation of a key
        (0x0000, 0x8040, "07"),
        (0xC105, 0x0021, ""),  # a module that is set up from afar
    ],
)
def test_what_is_there_to_carry_keys_is_hidden_whole(
    profile_id: int, cluster_id: int, head: str
) -> None:
    assert shown(profile_id, cluster_id, head + KEY) == (head + "00" * 16, 16)


def test_the_reports_of_a_lock_are_shown() -> None:
    assert shown(HA, 0x0101, "18070a 0000 30 01")[1] == 0


@pytest.mark.parametrize("octets", ["", "18", "1c0712"])
def test_what_is_no_frame_is_shown(octets: str) -> None:
    assert shown(SE, PREPAYMENT, octets) == (octets, 0)


@given(
    st.sampled_from([0, SE, HA, 0xC105]),
    st.sampled_from([0x0015, 0x0040, 0x0101, 0x0700, 0x0705, 0x8002]),
    st.binary(max_size=40),
)
def test_any_octets_keep_their_length(profile_id: int, cluster_id: int, octets: bytes) -> None:
    told, hidden = without_secrets(CLUSTERS, profile_id, cluster_id, octets)

    assert len(told) == len(octets)
    assert 0 <= hidden <= len(octets)
