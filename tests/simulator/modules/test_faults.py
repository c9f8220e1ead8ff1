"""Faults: how they are asked for, what is refused, and when each of them happens."""

from random import Random

import pytest

from sebridge.base.errors import ConfigError
from sebridge.simulator.modules.faults import (
    NO_FAULTS,
    Fault,
    Faults,
    Misfortune,
    read_faults,
)


def test_nothing_goes_wrong_unless_it_is_asked_for() -> None:
    misfortune = Misfortune(NO_FAULTS, Random(1))

    assert read_faults([]) == (NO_FAULTS,)
    assert [misfortune.hear() for _ in range(100)] == [()] * 100
    assert [misfortune.say(b"frame") for _ in range(100)] == [b"frame"] * 100


def test_each_fault_is_read_and_those_of_a_moment_more_than_once() -> None:
    texts = ["hang-after=100", "reset-after=1", "hang-after=1000000", "full-after=7"]
    texts += ["hang-up-after=8", "garbage-every=1", "lose-every=2", "baud=300"]

    (faults,) = read_faults(texts)

    assert faults == Faults(
        (
            (Fault.HANG, 100),
            (Fault.RESET, 1),
            (Fault.HANG, 1_000_000),
            (Fault.FULL, 7),
            (Fault.HANG_UP, 8),
        ),
        garbage_every=1,
        lose_every=2,
        baud=300,
    )


def test_each_module_has_its_own_and_the_first_those_that_name_none() -> None:
    texts = ["baud=9600", "3:baud=300", "1:hang-after=5", "3:reset-after=2", "3:reset-after=9"]

    faults = read_faults(texts, 3)

    assert faults == (
        Faults(((Fault.HANG, 5),), baud=9600),
        NO_FAULTS,
        Faults(((Fault.RESET, 2), (Fault.RESET, 9)), baud=300),
    )


@pytest.mark.parametrize("number", ["0", "3", "03", "-1", "", " 1", "\u0662", "9" * 5000])
def test_a_module_that_there_is_not_is_told(number: str) -> None:
    with pytest.raises(ConfigError, match="names none of the modules 1 to 2"):
        read_faults([f"{number}:baud=300"], 2)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "hang",
            "'hang' is no fault: there are hang-after, reset-after, full-after, hang-up-after",
        ),
        ("", "'' is no fault"),
        ("1:", "'1:' is no fault"),
        ("1:hang-after=x", "'1:hang-after=x' is not hang-after=NUMBER"),
        (
            "hang-after",
            "'hang-after' is not hang-after=NUMBER with 1 to 1000000 frames of the host",
        ),
        ("hang-after=", "is not hang-after=NUMBER"),
        ("hang-after=0", "is not hang-after=NUMBER"),
        ("reset-after=-1", "is not reset-after=NUMBER"),
        ("full-after=1.5", "is not full-after=NUMBER"),
        ("hang-after=\u0663", "is not hang-after=NUMBER"),
        ("hang-up-after=1000001", "is not hang-up-after=NUMBER"),
        ("garbage-every=" + "9" * 5000, "is not garbage-every=NUMBER with 1 to 1000000 frames to"),
        ("lose-every=1", "'lose-every=1' is not lose-every=NUMBER with 2 to 1000000 frames to"),
        ("baud=299", "'baud=299' is not baud=NUMBER with 300 to 1000000 bits per second"),
    ],
)
def test_what_is_wrong_is_told_with_what_may_stand_there(text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_faults([text])

    assert problem in str(caught.value)
    assert len(str(caught.value)) < 200


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        read_faults(["baud=9600", "smoke=1", "1:baud=19200", "hang-after=x", "2:x"])

    assert [problem[:12] for problem in caught.value.problems] == [
        "'smoke=1' is",
        "baud is give",
        "'hang-after=",
        "'2:x' names ",
    ]


def test_what_is_to_happen_after_so_many_frames_happens_once_instead_of_the_next_answer() -> None:
    (faults,) = read_faults(["reset-after=2", "hang-after=4", "full-after=2"])
    misfortune = Misfortune(faults, Random(1))

    due = [misfortune.hear() for _ in range(8)]

    assert due == [(), (), (Fault.RESET, Fault.FULL), (), (Fault.HANG,), (), (), ()]


def test_every_so_many_frames_one_is_lost() -> None:
    misfortune = Misfortune(Faults(lose_every=3), Random(1))

    said = [misfortune.say(bytes((number,))) for number in range(7)]

    assert said == [b"\0", b"\1", b"", b"\3", b"\4", b"", b"\6"]


def test_every_so_many_frames_there_is_noise_before_one_the_same_for_the_same_seed() -> None:
    first, second = (Misfortune(Faults(garbage_every=2), Random(7)) for _ in range(2))

    said = [first.say(b"frame") for _ in range(200)]

    assert said == [second.say(b"frame") for _ in range(200)]
    assert set(said[::2]) == {b"frame"}
    assert all(one.endswith(b"frame") for one in said)
    assert {len(one) - len(b"frame") for one in said[1::2]} == set(range(1, 9))
