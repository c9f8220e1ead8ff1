"""Requests to prepayment meters, over the whole bridge to a simulated meter and back."""

from collections.abc import AsyncIterator, Mapping
import logging
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import Reason
from sebridge.features.prepayment.signals import PrepaymentAnswered
from sebridge.settings.options import GatewayOptions
from sebridge.zcl.identifiers import PREPAYMENT
from tests.api.home import METER, Collections, Home, address, house_security, lose

AT: dict[str, Any] = {"destination_address": str(address(METER))}
HEAD = {
    "cluster_id": PREPAYMENT,
    "profile_id": 0x0109,
    "source_address": str(address(METER)),
    "source_endpoint_id": 9,
}
CODE = "5043-1127-8890"
PREPAID: Mapping[str, Any] = {
    "prepaid": True,
    "credit": 50,
    "most_credit": 3000,
    "emergency_credit": 500,
    "top_up_codes": {CODE: 2000, "another": 2000, "50431127889012345678": 10},
}
CHANGE = {
    "provider_id": 1,
    "issuer_event_id": 7,
    "implementation_date_time": 0,
    "proposed_payment_control_configuration": 1,
    "cut_off_value": 0,
}


class House(Home):
    """A home whose gateway asks prepayment meters, and what they answered."""

    def __init__(
        self,
        clock: VirtualClock,
        meter: Mapping[str, Any] = PREPAID,
        kept: Collections | None = None,
        *,
        optional_clusters: tuple[str, ...] = ("prepayment",),
        role: str = "coordinator",
        **options: Any,
    ) -> None:
        kept = kept or Collections()
        super().__init__(
            clock,
            [METER],
            kept,
            house=house_security(kept),
            meter=meter,
            gateway=GatewayOptions(optional_clusters=optional_clusters, role=role),
            **options,
        )
        self.answered: list[PrepaymentAnswered] = []
        self.bus.listen(PrepaymentAnswered, self.answered.append)

    async def top_up(self, code: str = CODE) -> dict[str, Any]:
        return await self.call("top_up_meter", **AT, top_up_code=code)

    async def account(self) -> dict[str, Any]:
        answer = await self.call("get_prepayment_account", **AT)
        return dict(answer["account"])


@pytest.fixture
async def house(clock: VirtualClock) -> AsyncIterator[House]:
    house = House(clock)
    await house.start()
    yield house
    await house.stop()


async def test_a_code_is_taken_once_and_the_credit_is_told(house: House) -> None:
    taken = await house.top_up()
    again = await house.top_up()
    account = await house.account()

    assert taken == HEAD | {"result_type": 0, "top_up_value": 2000, "credit_remaining": 2050}
    assert again == HEAD | {
        "result_type": 2,
        "reason": "the code was used already",
        "top_up_value": 0,
        "credit_remaining": 2050,
    }
    assert account["credit_remaining"] == 2050
    assert len(house.answered) == 2


@pytest.mark.parametrize(
    ("code", "result", "reason"),
    [
        ("unknown", 1, "the code is not valid"),
        ("another", 4, "there would be more credit than is allowed"),
    ],
)
async def test_a_code_that_is_refused_changes_nothing(
    house: House, code: str, result: int, reason: str
) -> None:
    await house.top_up()

    refused = await house.top_up(code)

    assert (refused["result_type"], refused["reason"]) == (result, reason)
    assert (refused["top_up_value"], refused["credit_remaining"]) == (0, 2050)


async def test_a_code_of_digits_may_be_a_number_as_the_command_line_makes_of_it(
    house: House,
) -> None:
    taken = await house.call("top_up_meter", **AT, top_up_code=50431127889012345678)

    assert (taken["result_type"], taken["top_up_value"]) == (0, 10)


async def test_credit_and_used_codes_outlast_a_restart(clock: VirtualClock) -> None:
    kept = Collections()
    first = House(clock, kept=kept)
    await first.start()
    await first.top_up()
    await first.stop()

    second = House(clock, kept=kept)
    await second.start()
    again = await second.top_up()
    await second.stop()

    assert (again["result_type"], again["credit_remaining"]) == (2, 2050)


async def test_the_code_is_in_no_log_no_notification_and_no_answer(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    answers = [await house.top_up(), await house.top_up()]

    told = f"{caplog.text} {answers} {house.said}".lower()
    assert CODE not in told
    assert CODE.encode().hex() not in told.replace(":", "").replace(" ", "")
    assert repr(CODE.encode()) not in told


@pytest.mark.parametrize("code", ["", "x" * 26, "caf\u00e9-1234", -50431127, True, None, ["5043"]])
async def test_what_cannot_be_a_code_is_refused_without_being_shown(
    house: House, code: object
) -> None:
    error = await house.refused("top_up_meter", **AT, top_up_code=code)

    assert error.data == {"parameter": "top_up_code"}
    assert error.message == "top_up_code: must be text of 1 to 25 ASCII characters"


async def test_emergency_credit_is_had_where_it_is_needed(house: House) -> None:
    before = await house.account()
    done = await house.call("select_emergency_credit", **AT)
    after = await house.account()

    assert done == HEAD | {"status": 0}
    assert (before["emergency_credit_remaining"], after["emergency_credit_remaining"]) == (0, 500)


async def test_emergency_credit_is_refused_with_the_reason(house: House) -> None:
    await house.top_up()

    refused = await house.call("select_emergency_credit", **AT)

    assert refused == HEAD | {"status": 126, "reason": "the meter answered NOT_AUTHORIZED"}


async def test_the_payment_mode_is_changed_and_an_older_change_refused(house: House) -> None:
    changed = await house.call("change_payment_mode", **AT, record=CHANGE)
    refused = await house.call("change_payment_mode", **AT, record=CHANGE)
    account = await house.account()

    assert changed == HEAD | {
        "status": 0,
        "record": {
            "friendly_credit": 0,
            "friendly_credit_calendar_id": 0xFFFFFFFF,
            "emergency_credit_limit": 500,
            "emergency_credit_threshold": 100,
        },
    }
    assert refused == HEAD | {"status": 138, "reason": "the meter answered DUPLICATE_EXISTS"}
    assert account["payment_control_configuration"] == 1


async def test_a_change_of_the_payment_mode_waits_for_its_time(house: House) -> None:
    later = CHANGE | {"implementation_date_time": house.gateway.time.now() + 600}

    await house.call("change_payment_mode", **AT, record=later)
    before = await house.account()
    await house.clock.advance(610)
    after = await house.account()

    assert before["payment_control_configuration"] == 2
    assert after["payment_control_configuration"] == 1


async def test_an_account_shows_what_the_meter_tells_and_null_for_the_rest(house: House) -> None:
    account = await house.account()

    assert account == {
        "payment_control_configuration": 2,
        "credit_remaining": 50,
        "emergency_credit_remaining": 0,
        "credit_status": None,
        "emergency_credit_limit": 500,
        "emergency_credit_threshold": 100,
        "max_credit_limit": 3000,
        "max_credit_per_top_up": 0x7FFFFFFF,
        "cut_off_value": 0,
    }


async def test_a_silent_meter_is_not_waited_for_for_ever(clock: VirtualClock) -> None:
    house = House(clock, registry={"Conversation.default_timeout": 5})
    lose(house, lambda frame: frame.cluster_id == PREPAYMENT)
    await house.start()

    error = await house.refused("top_up_meter", **AT, top_up_code=CODE)
    await house.stop()

    assert error.reason is Reason.ANSWER_TIMEOUT
    assert CODE not in error.message


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("top_up_meter", {"top_up_code": CODE}),
        ("select_emergency_credit", {}),
        ("change_payment_mode", {"record": CHANGE}),
        ("get_prepayment_account", {}),
    ],
)
async def test_where_prepayment_is_switched_off_the_key_is_named(
    clock: VirtualClock, method: str, more: dict[str, Any]
) -> None:
    house = House(clock, optional_clusters=())

    error = await house.refused(method, **AT, **more)

    assert error.reason is Reason.IMPOSSIBLE
    assert "gateway.optional_clusters" in error.message


async def test_an_ordinary_meter_is_no_prepayment_meter(clock: VirtualClock) -> None:
    house = House(clock, {})
    await house.start()

    error = await house.refused("top_up_meter", **AT, top_up_code=CODE)
    await house.stop()

    assert error.message.endswith("is not a prepayment meter")
    assert error.data == {"parameter": "destination_address"}


@pytest.mark.parametrize("role", ["coordinator", "router", "display"])
def test_every_role_tells_devices_of_the_cluster_it_was_given(
    clock: VirtualClock, role: str
) -> None:
    with_it = House(clock, role=role).gateway.endpoints[0x5E]
    without = House(clock, role=role, optional_clusters=()).gateway.endpoints[0x5E]

    assert with_it.cluster(PREPAYMENT, server=False) is not None
    assert without.cluster(PREPAYMENT, server=False) is None
