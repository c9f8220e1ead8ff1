"""That another meter answers is told to whoever listens."""

from sebridge.features.metering.notifications import NOTIFICATIONS, MeterSwappedNotice
from sebridge.features.metering.signals import MeterSwapped
from tests.gateway.radio_side import address

(SWAP,) = [kind for kind in NOTIFICATIONS if kind.name == "meter_swapped"]


def test_a_swap_is_told_with_the_old_and_the_new_value() -> None:
    signal = MeterSwapped(
        device=address(1), endpoint=9, attribute_id=0x0000, before=4_711_300, after=16
    )

    (told,) = SWAP.parameters_of(signal)

    assert told == MeterSwappedNotice(
        source_address=address(1),
        source_endpoint_id=9,
        attribute_id=0x0000,
        old_value=4_711_300,
        new_value=16,
    )


def test_of_a_device_that_tells_another_model_there_are_no_values() -> None:
    signal = MeterSwapped(device=address(1), endpoint=0, attribute_id=None, before=None, after=None)

    (told,) = SWAP.parameters_of(signal)

    assert told == MeterSwappedNotice(source_address=address(1), source_endpoint_id=0)
