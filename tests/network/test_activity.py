"""Who is there, whom to ask, and when to ask again."""

from hypothesis import given, strategies as st
import pytest

from sebridge.network.activity import SLEEPY_PATIENCE, Activity, Presence, Retries, asked, place
from sebridge.network.descriptors import Node_Desc_rsp, Power_Desc_rsp, Simple_Desc_rsp
from sebridge.network.known_device import KnownDevice
from tests.network.air import address

INTERVAL = 120.0


def activity(max_failures: int = 3) -> Activity:
    return Activity(lambda: max_failures, lambda: INTERVAL)


def known(
    number: int, *servers: int, sleepy: bool = False, complete: bool = True, nwk: int | None = 1
) -> KnownDevice:
    return KnownDevice(
        eui64=address(number),
        nwk=nwk,
        active_endpoints=(1,),
        node_descriptor=Node_Desc_rsp(
            status=0, nwk_addr=1, mac_capability_flags=0x80 if sleepy else 0x8E
        ),
        power_descriptor=Power_Desc_rsp(status=0, nwk_addr=1) if complete else None,
        simple_descriptors={1: Simple_Desc_rsp(status=0, nwk_addr=1, input_clusters=servers)},
    )


def presence(device: KnownDevice, heard: float | None, *, active: bool = True) -> Presence:
    return Presence(device.eui64, active=active, heard=heard, nwk=device.nwk, asked=asked(device))


@pytest.mark.parametrize(
    ("limit", "answers"), [(3, [False, False, True]), (1, [True]), (0, [True])]
)
def test_a_device_is_gone_after_so_many_failures(limit: int, answers: list[bool]) -> None:
    rules, there = activity(limit), presence(known(1), 0.0)

    assert [rules.failed(there) for _ in answers] == answers


def test_a_device_that_is_gone_already_does_not_go_again() -> None:
    rules, gone = activity(1), presence(known(1), None, active=False)

    assert not rules.failed(gone)


def test_listening_key_establishment_servers_are_asked_by_broadcast() -> None:
    device = presence(known(1, 0x0702, 0x0800), 0.0)

    refresh = activity().refresh([device], 10_000.0)

    assert refresh.by_broadcast == (address(1),)
    assert refresh.one_by_one == ()


def test_another_active_device_is_asked_alone_after_an_interval_of_silence() -> None:
    device = presence(known(1, 0x0702), 1000.0)

    assert activity().refresh([device], 1000.0 + INTERVAL - 1).one_by_one == ()
    assert activity().refresh([device], 1000.0 + INTERVAL).one_by_one == ((address(1), 1),)


@pytest.mark.parametrize("servers", [(0x0702,), (0x0800,)])
def test_a_sleepy_device_is_given_more_time(servers: tuple[int, ...]) -> None:
    device = presence(known(1, *servers, sleepy=True), 0.0)
    patience = INTERVAL * SLEEPY_PATIENCE

    assert activity().refresh([device], patience - 1).one_by_one == ()
    assert activity().refresh([device], patience).one_by_one == ((address(1), 1),)


@pytest.mark.parametrize(
    "device",
    [
        presence(known(1), 1000.0, active=False),
        presence(known(1), None, active=False),
        presence(known(1, complete=False), 1000.0),
    ],
)
def test_an_inactive_or_incomplete_device_is_always_asked(device: Presence) -> None:
    assert activity().refresh([device], 1000.0).one_by_one == ((address(1), 1),)


def test_a_device_that_never_joined_is_not_asked() -> None:
    refresh = activity().refresh([presence(known(1, nwk=None), None, active=False)], 0.0)

    assert refresh.one_by_one == ()
    assert refresh.by_broadcast == ()


def test_a_place_is_one_number_for_endpoint_and_cluster() -> None:
    assert place(1, 0x0702) != place(2, 0x0702) != place(1, 0x0703)


def test_waits_grow_threefold_and_end_at_an_hour() -> None:
    retries = Retries()

    waits = [retries.failed(address(1), 0.0) for _ in range(30)]

    assert waits[:7] == [5.0, 15.0, 45.0, 135.0, 405.0, 1215.0, 3600.0]
    assert set(waits[7:]) == {3600.0}


def test_a_device_may_be_asked_when_its_wait_is_over_or_sooner_when_it_was_heard() -> None:
    retries = Retries()
    for _ in range(3):
        retries.failed(address(1), 100.0)

    assert not retries.may_ask(address(1), 104.9, heard=True)
    assert retries.may_ask(address(1), 105.0, heard=True)
    assert not retries.may_ask(address(1), 144.9)
    assert retries.may_ask(address(1), 145.0)
    assert retries.due(144.9) == []
    assert retries.due(145.0) == [address(1)]


def test_a_device_that_was_put_off_is_not_asked_even_when_heard() -> None:
    retries = Retries()
    retries.delay(address(1), 60.0)

    assert not retries.may_ask(address(1), 59.0, heard=True)
    retries.forget(address(1))
    assert retries.may_ask(address(1), 59.0)


@given(st.lists(st.integers(0, 40)))
def test_however_many_devices_fail_only_so_many_are_remembered(numbers: list[int]) -> None:
    retries = Retries(size=10)

    for number in numbers:
        retries.failed(address(number), 0.0)

    assert len(retries) == min(len(set(numbers)), 10)
    for number in numbers[-1:]:
        assert not retries.may_ask(address(number), 0.0)
