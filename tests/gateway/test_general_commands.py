"""The general commands that come to a local cluster."""

import contextlib

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError, UnsupportedCommandError
from sebridge.gateway.general_commands import (
    answer,
    answer_reporting,
    configure_reporting,
    read_reporting,
)
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.gateway.pairing import Pairing
from sebridge.zcl.reporting import RECEIVING, SENDING, AttributeReportingConfigurationRecord
from sebridge.zcl.status import Status
from tests.gateway.radio_side import peer

PAIRING = Pairing(peer(), 0x5E, 0x0702, server=True)
READ, WRITE, UNDIVIDED, QUIETLY, DISCOVER = 0x00, 0x02, 0x03, 0x05, 0x0C


def attributes() -> LocalAttributes:
    return LocalAttributes(
        [
            LocalAttribute(0x0000, 0x20, 3, writable=True),
            LocalAttribute(0x0001, 0x21, 30, writable=True),
            LocalAttribute(0x0301, 0x22, 1000),
        ]
    )


def octets(text: str) -> bytes:
    return bytes.fromhex(text)


def test_each_attribute_is_read_or_refused_for_itself() -> None:
    found = answer(READ, attributes(), octets("0103 0500 0000"))

    assert found == (0x01, octets("0103 00 22 e80300  0500 86  0000 00 20 03"))


def test_an_attribute_that_has_no_value_just_now_does_not_spoil_the_others() -> None:
    local = attributes()
    local.show([LocalAttribute(0x0002, 0x20, lambda: None)])

    found = answer(READ, local, octets("0200 0000"))

    assert found == (0x01, octets("0200 85  0000 00 20 03"))


def test_no_answer_holds_more_than_a_hundred_attributes() -> None:
    found = answer(READ, attributes(), octets("0500") * 300)

    assert found == (0x01, octets("0500 86") * 100)


def test_a_write_takes_what_it_may_and_names_the_rest() -> None:
    local = attributes()

    found = answer(WRITE, local, octets("0000 20 05  0103 22 010000  0100 20 01  0900 20 01"))

    assert found == (0x04, octets("88 0103  8d 0100  86 0900"))
    assert local.read(0).value == 5
    assert local.read(1).value == 30


def test_the_enrollment_group_and_device_class_are_written_drlc_34() -> None:
    local = attributes()

    assert answer(WRITE, local, octets("0000 20 03 0100 21 0500")) == (0x04, b"\x00")
    assert [local.read(0).value, local.read(1).value] == [3, 5]


def test_an_undivided_write_takes_all_or_nothing() -> None:
    local = attributes()

    refused = answer(UNDIVIDED, local, octets("0000 20 05  0103 22 010000"))
    before = local.read(0).value
    taken = answer(UNDIVIDED, local, octets("0000 20 05"))

    assert refused == (0x04, octets("88 0103"))
    assert before == 3
    assert taken == (0x04, b"\x00")
    assert local.read(0).value == 5


def test_a_write_without_response_has_none() -> None:
    local = attributes()

    assert answer(QUIETLY, local, octets("0000 20 09")) is None
    assert local.read(0).value == 9


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("0000 ff", "01 0000 20 0100 21 0103 22"),
        ("0100 01", "00 0100 21"),
        ("0203 05", "01"),
        ("0000 00", "00"),
    ],
)
def test_attributes_are_discovered_from_an_id_on(question: str, found: str) -> None:
    assert answer(DISCOVER, attributes(), octets(question)) == (0x0D, octets(found))


@pytest.mark.parametrize("command_id", [0x08, 0x0E, 0x11, 0xFF])
def test_other_general_commands_are_not_supported(command_id: int) -> None:
    with pytest.raises(UnsupportedCommandError):
        answer(command_id, attributes(), b"")


@given(st.sampled_from([READ, WRITE, UNDIVIDED, QUIETLY, DISCOVER]), st.binary(max_size=40))
def test_any_payload_is_answered_or_malformed(command_id: int, payload: bytes) -> None:
    with contextlib.suppress(DecodeError):
        answer(command_id, attributes(), payload)


class Table:
    """Takes all but attribute 0x0400, of one direction."""

    def __init__(self) -> None:
        self.taken: list[tuple[Pairing, AttributeReportingConfigurationRecord]] = []

    def configure(self, pairing: Pairing, record: AttributeReportingConfigurationRecord) -> Status:
        self.taken.append((pairing, record))
        return Status.UNSUPPORTED_ATTRIBUTE if record.attribute_id == 0x0400 else Status.SUCCESS

    def configuration(
        self, pairing: Pairing, attribute_id: int
    ) -> AttributeReportingConfigurationRecord | Status:
        known = (record for at, record in self.taken if at == pairing)
        return next((r for r in known if r.attribute_id == attribute_id), Status.NOT_FOUND)


def test_reporting_configurations_reach_the_table_and_refusals_the_peer() -> None:
    table = Table()
    payload = octets("00 0000 25 0a00 2c01 010000000000  00 0004 2a 0500 2c01 010000")

    told = configure_reporting({SENDING: table}, PAIRING, payload)

    assert told == octets("86 00 0004")
    assert [pairing for pairing, _ in table.taken] == [PAIRING] * 2
    assert configure_reporting({SENDING: table}, PAIRING, payload[:14]) == b"\x00"


def test_a_configuration_is_told_to_who_asks_for_it() -> None:
    tables = {SENDING: Table()}
    configuration = octets("00 0000 25 0a00 2c01 010000000000")
    assert answer_reporting(0x06, tables, PAIRING, configuration) == (0x07, b"\x00")

    told = answer_reporting(0x08, tables, PAIRING, octets("00 0000  00 0100  01 0000"))

    assert told == (0x09, b"\x00" + configuration + octets("8b 00 0100  8b 01 0000"))


def test_each_direction_has_its_table() -> None:
    sent, expected = Table(), Table()
    tables = {SENDING: sent, RECEIVING: expected}
    configuration = octets("00 0000 25 0a00 2c01 010000000000")

    assert configure_reporting(tables, PAIRING, configuration + octets("01 0100 3c00")) == b"\0"

    assert [record.attribute_id for _, record in sent.taken] == [0]
    assert [(record.attribute_id, record.timeout) for _, record in expected.taken] == [(1, 60)]
    told = read_reporting(tables, PAIRING, octets("00 0000  01 0100  00 0100  01 0000"))
    assert told == b"\0" + configuration + octets("00 01 0100 3c00  8b 00 0100  8b 01 0000")


@pytest.mark.parametrize(
    ("configuration", "answered"),
    [("01 0000 3c00", "00"), ("00 0000 25 0a00 2c01 010000000000", "8c 00 0000")],
    ids=["what we would receive", "what we would send"],
)
def test_where_nobody_keeps_a_direction_news_is_taken_and_wishes_are_refused(
    configuration: str, answered: str
) -> None:
    assert configure_reporting({}, PAIRING, octets(configuration)) == octets(answered)


def test_what_is_not_about_reporting_is_left_to_others() -> None:
    assert answer_reporting(READ, {}, PAIRING, b"") is None
