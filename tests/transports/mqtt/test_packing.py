"""Long payloads are packed by what they have in common."""

from random import Random

import pytest

from sebridge.transports.mqtt.packing import LONG, Packing


def payload_of(device: int, kind: str = "energy") -> bytes:
    """Return what could be told of a device: what it is, and much that is the same for its kind."""
    return f'{{"at":"{device:016x}","{Random(kind).randbytes(1500).hex()}"}}'.encode()


@pytest.mark.parametrize("payload", [b"", payload_of(1), payload_of(1) * 20])
def test_a_payload_comes_back_as_it_was(payload: bytes) -> None:
    packing = Packing()

    packed = [packing.packed(payload) for _ in range(3)]

    assert [one.payload for one in packed] == [payload] * 3


def test_what_resembles_one_before_takes_a_tenth() -> None:
    packing = Packing()
    packing.packed(payload_of(1))

    second = packing.packed(payload_of(2))

    assert second.payload == payload_of(2)
    assert len(second.octets) < len(payload_of(2)) / 10


def test_each_kind_is_in_the_sample_and_the_former_stay_readable() -> None:
    packing = Packing()
    kinds = ("energy", "message", "tariff")
    first = [packing.packed(payload_of(1, kind)) for kind in kinds]

    then = [packing.packed(payload_of(2, kind)) for kind in kinds]

    assert [one.payload for one in first] == [payload_of(1, kind) for kind in kinds]
    assert all(len(one.octets) < len(one.payload) / 10 for one in then)
    assert {id(one.sample) for one in then} == {id(then[0].sample)}


def test_a_sample_has_an_end_whatever_comes() -> None:
    packing, chance = Packing(), Random(1)

    packed = [packing.packed(chance.randbytes(LONG)) for _ in range(100)]

    assert max(len(one.sample) for one in packed) <= 16_384
    assert len({one.sample for one in packed}) < 40
