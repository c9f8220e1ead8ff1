"""Which network the radio forms or joins, and the registers of a module."""

from typing import Any

import pytest

from sebridge.api.radio_settings import RadioMethods
from sebridge.base.errors import ParameterError, RefusedError
from sebridge.model.plain import to_plain
from sebridge.model.values import ABSENT
from sebridge.radio.radio import NetworkPlan
from tests.api.home import METER, Home, address

KEY = "00112233445566778899aabbccddeeff"


async def test_without_parameters_it_is_only_told_what_is_set(alone: Home) -> None:
    before = alone.gateway.radio.network

    answers = [
        await alone.call("configure_zigbee_network"),
        await alone.call("get_zigbee_network_configuration"),
    ]

    assert answers == [
        {"extended_pan_id": 0, "channel_mask": 0xFFFF, "join_interval": 120},
        {"extended_pan_id": 0, "channel_mask": 0xFFFF, "join_attempt_interval": 120},
    ]
    assert alone.gateway.radio.network == before


async def test_a_coordinator_forms_the_network_that_was_set(alone: Home) -> None:
    answer = await alone.call(
        "configure_zigbee_network", extended_pan_id="0x1122334455667788", channel_mask=0x0300
    )
    await alone.clock.advance(5)

    status = await alone.call("get_zigbee_network_status")
    assert answer["extended_pan_id"] == 0x1122334455667788
    assert (status["status"], status["status_description"]) == (0, "joined")
    assert status["extended_pan_id"] == "1122334455667788"
    assert status["configured_extended_pan_id"] == 0x1122334455667788
    assert status["channel"] in {19, 20}


async def test_the_devices_of_the_old_network_have_to_join_anew(home: Home) -> None:
    await home.call("enable_joining", join_time=0)

    await home.call("configure_zigbee_network", extended_pan_id=7)
    await home.clock.advance(5)

    record = home.gateway.directory.record(address(METER))
    assert not record.active
    assert record.addr_short is ABSENT
    assert "left" not in str(record)


async def test_an_interval_alone_leaves_the_network_as_it_is(alone: Home) -> None:
    answer = await alone.call("get_zigbee_network_configuration", join_attempt_interval=30)
    await alone.clock.advance(5)

    setting = await alone.call("registry_configuration", name="ZDO_Device_Manager.join_interval")
    assert (answer["join_attempt_interval"], setting["value"]) == (30, 30)
    assert alone.gateway.keeper.starts == 1


async def test_both_requests_take_both_names_and_ignore_the_eui(alone: Home) -> None:
    await alone.call("configure_zigbee_network", join_attempt_interval=31)
    one = await alone.call("get_zigbee_network_configuration")
    await alone.call(
        "get_zigbee_network_configuration", join_interval=32, eui="00:13:a2:00:40:5c:01:f7"
    )
    two = await alone.call("configure_zigbee_network")

    assert (one["join_attempt_interval"], two["join_interval"]) == (31, 32)


@pytest.mark.parametrize("name", ["link_key", "installation_code"])
async def test_a_key_is_kept_and_never_told(
    alone: Home, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    value = KEY if name == "link_key" else "1234567890ABBA9E"

    answer = await alone.call("configure_zigbee_network", **{name: value})
    await alone.clock.advance(5)

    assert set(answer) == {"extended_pan_id", "channel_mask", "join_interval"}
    (plan,) = alone.collections.kept["network_plan"].values()
    assert plan.link_key is not None
    assert value.lower() not in f"{plan!r}{caplog.text}{alone.said!r}".lower()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("extended_pan_id", -1),
        ("extended_pan_id", 1 << 64),
        ("extended_pan_id", "here"),
        ("channel_mask", 0),
        ("channel_mask", 0x1_0000),
        ("link_key", KEY[:-2]),
        ("installation_code", "1234567890ABBA9F"),
        ("join_interval", 0),
        ("join_interval", 1 << 40),
        ("eui", "no address"),
    ],
)
async def test_what_cannot_be_set_is_refused_and_changes_nothing(
    alone: Home, name: str, value: Any
) -> None:
    error = await alone.refused("configure_zigbee_network", **{name: value})

    assert error.code == -32602
    assert error.data["parameter"] in {name, "value"}
    assert alone.collections.kept["network_plan"] == {}
    assert alone.gateway.keeper.starts == 1


@pytest.mark.parametrize("channel", [10, 27, -1, "there", 15.5])
async def test_a_channel_that_there_is_not_is_refused(alone: Home, channel: object) -> None:
    error = await alone.refused("change_channel", channel=channel)

    assert (error.code, error.data["parameter"]) == (-32602, "channel")


async def test_a_coordinator_does_not_leave_its_own_network(alone: Home) -> None:
    assert await alone.call("leave_network") == {}
    await alone.clock.advance(5)

    assert alone.gateway.keeper.starts == 1
    assert alone.gateway.radio.network.joined


# ------------------------------------------------------------------ registers


class Module:
    """Answers AT commands as it is told."""

    def __init__(self) -> None:
        self.answer: int | bytes | None = None
        self.asked: list[tuple[str, int | bytes | None]] = []

    async def at_command(self, command: str, value: int | bytes | None) -> int | bytes | None:
        self.asked.append((command, value))
        return self.answer


class Settled:
    """A network that nobody changes."""

    plan = NetworkPlan()

    async def change(self, **_values: Any) -> None:
        raise RefusedError("nobody changes it")

    async def change_channel(self, channel: int | None = None) -> tuple[int, int]:
        raise RefusedError(f"nobody takes it to {channel}")

    async def leave(self) -> None:
        raise RefusedError("nobody leaves it")


@pytest.fixture
def module() -> Module:
    return Module()


@pytest.fixture
def methods(module: Module) -> RadioMethods:
    return RadioMethods(Settled(), module, lambda: 120, lambda _seconds: None)


@pytest.mark.parametrize(("read", "told"), [(0x0F, 0x0F), (b"\x01\x02" * 5, "0102" * 5)])
async def test_a_register_is_read(
    methods: RadioMethods, module: Module, read: int | bytes, told: object
) -> None:
    module.answer = read

    answer = await methods.xbee_AT("id")

    assert to_plain(answer) == {"command": "id", "value": told}
    assert module.asked == [("ID", None)]


async def test_a_command_without_an_answer_has_no_value(methods: RadioMethods) -> None:
    assert to_plain(await methods.xbee_AT("WR")) == {"command": "WR"}


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (15, 15),
        (0, 0),
        ("0x0F", 15),
        ("0200aabb", bytes.fromhex("0200aabb")),
        (b"\x02\x00", b"\x02\x00"),
        ({"base64": "AgA="}, b"\x02\x00"),
    ],
)
async def test_a_value_is_written_and_told_as_it_was_given(
    methods: RadioMethods, module: Module, given: Any, written: int | bytes
) -> None:
    answer = await methods.xbee_AT("ZU", given)

    assert answer.value == given
    assert module.asked == [("ZU", written)]


@pytest.mark.parametrize("command", ["ZV", "ky", "NK"])
async def test_a_key_that_was_written_is_not_told(methods: RadioMethods, command: str) -> None:
    assert to_plain(await methods.xbee_AT(command, KEY)) == {"command": command}


@pytest.mark.parametrize("command", ["", "A", "ABC", "Ä1", "A\n", "  "])
async def test_what_is_no_command_is_refused(
    methods: RadioMethods, module: Module, command: str
) -> None:
    with pytest.raises(ParameterError) as raised:
        await methods.xbee_AT(command)

    assert raised.value.path == "command"
    assert module.asked == []


@pytest.mark.parametrize("value", [-1, True, 1.5, "xyz1", "00" * 101, 1 << 801, None, [1], {}])
async def test_what_is_no_value_is_refused_without_being_shown(
    methods: RadioMethods, module: Module, value: Any
) -> None:
    with pytest.raises(ParameterError) as raised:
        await methods.xbee_AT("ZV", value)

    assert raised.value.path == "value"
    assert module.asked == []


async def test_another_radio_says_which_one_is_needed(alone: Home) -> None:
    error = await alone.refused("xbee_AT", command="ID")

    assert error.code == -32004
    assert "a radio of type xbee, this one is simulated" in error.message
