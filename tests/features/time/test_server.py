"""The Time cluster: the gateway is the master of its network's time."""

from sebridge.features.time import server as time_server
from sebridge.features.time.local_time import INVALID_TIME, ZoneRules
from sebridge.features.time.network_time import SYNCHRONISED
from sebridge.features.time.server import TimeClient, TimeServer
from sebridge.gateway.general_commands import apply_writes
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.status import Status

NOW = 363_096_000


def test_the_time_is_read_from_the_clock_time_7() -> None:
    moments = iter((NOW, NOW + 5))
    server = TimeServer(lambda: next(moments))

    assert [server.attributes.read(time_server.TIME).value for _ in range(2)] == [NOW, NOW + 5]
    assert {attribute_id for attribute_id, _ in server.attributes.types()} == set(range(10))


def test_standard_and_local_time_are_utc_with_a_zone_of_zero_time_7() -> None:
    server = TimeServer(lambda: NOW)

    assert [server.attributes.read(a).value for a in (0x0002, 0x0006, 0x0007)] == [0, NOW, NOW]


def test_the_status_says_master_and_superseding_but_not_synchronised_time_1() -> None:
    status = TimeServer(lambda: NOW).attributes.read(time_server.TIME_STATUS).value

    assert status == 0b1101


def test_nobody_can_set_the_masters_time_over_the_air_time_2() -> None:
    written = AttributeValue(time_server.TIME, 0xE2, 5, b"\x05\0\0\0")

    assert (
        TimeServer(lambda: NOW).attributes.check_write(written, over_the_air=True)
        == Status.READ_ONLY
    )


def test_what_else_the_server_shows_is_never_written_time_2() -> None:
    server = TimeServer(lambda: NOW)

    for attribute_id, attribute_type in server.attributes.types():
        raw = server.attributes.read(attribute_id)
        written = AttributeValue(attribute_id, attribute_type, raw.value, raw.raw)
        assert server.attributes.check_write(written, over_the_air=True) == Status.READ_ONLY


def test_the_zone_is_told_with_standard_and_local_time_time_7() -> None:
    zone = ZoneRules(3600, NOW - 10, NOW + 10, 1800)
    server = TimeServer(lambda: NOW, lambda: zone)

    told = [server.attributes.read(attribute_id).value for attribute_id in range(2, 8)]

    assert told == [3600, NOW - 10, NOW + 10, 1800, NOW + 3600, NOW + 5400]


def test_a_server_that_lost_its_time_says_so_and_is_no_master_time_3() -> None:
    server = TimeServer(lambda: INVALID_TIME)

    told = [server.attributes.read(a).value for a in (0, 1, 6, 7)]

    assert told == [INVALID_TIME, 0, INVALID_TIME, INVALID_TIME]
    assert server.attributes.read(time_server.TIME).raw == b"\xff\xff\xff\xff"


def test_one_that_goes_by_another_is_synchronised_and_tells_when_time_1() -> None:
    server = TimeServer(lambda: NOW, status=lambda: SYNCHRONISED, last_set=lambda: NOW - 60)

    assert [server.attributes.read(a).value for a in (1, 8, 9)] == [2, NOW - 60, INVALID_TIME]


def test_there_is_a_side_that_asks() -> None:
    assert TimeClient().cluster_id == 0x000A
    assert not TimeClient.server


def test_a_caller_of_ours_may_write_the_zone_where_somebody_keeps_it() -> None:
    zones = [ZoneRules()]
    server = TimeServer(lambda: NOW, lambda: zones[-1], set_zone=zones.append)
    summer = AttributeValue(time_server.DST_SHIFT, 0x2B, 3600, b"\x10\x0e\0\0")
    too_far = AttributeValue(time_server.TIME_ZONE, 0x2B, -86_401, b"")

    statuses = apply_writes(
        server.attributes, [summer, too_far], undivided=False, over_the_air=False
    )

    assert statuses == [Status.SUCCESS, Status.INVALID_VALUE]
    assert zones[-1] == ZoneRules(dst_shift=3600)
    assert server.attributes.check_write(summer, over_the_air=True) == Status.READ_ONLY


def test_a_caller_of_ours_may_say_that_there_is_no_daylight_saving() -> None:
    zones = [ZoneRules(3600, NOW - 10, NOW + 10, 1800)]
    server = TimeServer(lambda: NOW, lambda: zones[-1], set_zone=zones.append)
    never = AttributeValue(time_server.DST_START, 0x23, None, b"\xff\xff\xff\xff")
    no_zone = AttributeValue(time_server.TIME_ZONE, 0x2B, None, b"\0\0\0\x80")

    statuses = apply_writes(
        server.attributes, [never, no_zone], undivided=False, over_the_air=False
    )

    assert statuses == [Status.SUCCESS, Status.INVALID_VALUE]
    assert zones[-1].dst_start == INVALID_TIME
    assert server.attributes.read(time_server.LOCAL_TIME).value == NOW + 3600
