"""The status codes of the ZCL."""

from zigpy.zcl import foundation

from sebridge.zcl.status import Status, status_name


def test_statuses_have_the_numbers_that_zigpy_gives_them() -> None:
    ours = {status.name: int(status) for status in Status}

    assert ours == {status.name: int(status) for status in foundation.Status}


def test_a_status_has_its_name_or_its_number() -> None:
    assert [status_name(number) for number in (0, 0x8B, 0xA7)] == ["SUCCESS", "NOT_FOUND", "0xA7"]
