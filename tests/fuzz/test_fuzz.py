"""Each target takes its seeds and so many inputs of chance; and the fuzzer finds what is wrong."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
import logging
from pathlib import Path
from random import Random
import subprocess

import pytest

from tests.fuzz.campaign import attack, campaign, inputs_of, keep
from tests.fuzz.files import counted_calls
from tests.fuzz.target import Target, ViolationError, must
from tests.fuzz.targets import TARGETS
from tests.fuzz.watch import PLANTED
from tests.patience import PATIENCE

_SEED = 1
_ROOT = Path(__file__).parent.parent.parent
each_target = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)


@each_target
def test_what_was_found_once_is_withstood(target: Target) -> None:
    seeds = target.seeds()

    failures = {name: attack(target, inputs) for name, inputs in seeds.items()}

    assert seeds
    assert failures == dict.fromkeys(seeds)


@each_target
def test_whatever_comes_in_is_withstood(target: Target) -> None:
    failure = campaign(target, seed=_SEED, count=target.in_suite)

    assert failure is None, failure.reason


@each_target
def test_the_same_seed_gives_the_same_inputs(target: Target) -> None:
    streams = [inputs_of(target, _SEED) for _ in range(2)]

    inputs = [[next(stream) for _ in range(5)] for stream in streams]

    assert inputs[0] == inputs[1]


# ------------------------------------------------------------------ the fuzzer itself


class Weak:
    """Stands what has no third X in all, and says in many ways that it does not."""

    def __init__(self, way: str) -> None:
        self.keys = {"0123456789abcdef" * 2}
        self._way = way
        self._number = 0

    async def take(self, octets: bytes) -> None:
        self._number += octets.count(b"X")
        if self._number >= 3:
            getattr(self, self._way)()

    def raises(self) -> None:
        raise ZeroDivisionError

    def violates(self) -> None:
        must(holds=False, problem="it does not hold")

    def logs_a_bug(self) -> None:
        logging.getLogger("weak").error("it is broken")

    def logs_a_key(self) -> None:
        logging.getLogger("weak").debug(
            "the key is 01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF"
        )

    def logs_what_cannot_be_written(self) -> None:
        logging.getLogger("weak").info("\udcff")


def weak(way: str, corpus: Path) -> Target:
    @asynccontextmanager
    async def subject(_directory: Path) -> AsyncIterator[Weak]:
        yield Weak(way)

    def grow(random: Random, _seeds: Sequence[bytes]) -> bytes:
        return random.choice((b"X", b".", b"."))

    corpus.mkdir()
    (corpus / "nothing").write_bytes(b".")
    return replace(
        TARGETS[0], name=corpus.name, directory=corpus.parent, subject=subject, grow=grow, lasts=50
    )


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("raises", "ZeroDivisionError"),
        ("violates", "it does not hold"),
        ("logs_a_bug", "it is broken"),
        ("logs_a_key", "a key is in the log"),
        ("logs_what_cannot_be_written", "cannot be written"),
    ],
)
def test_what_does_not_hold_is_found_and_becomes_a_seed(
    way: str, reason: str, tmp_path: Path
) -> None:
    target = weak(way, tmp_path / "weak")

    failure = campaign(target, seed=_SEED, count=100)
    assert failure is not None
    kept = keep(target, failure)

    assert reason in failure.reason
    assert b"".join(failure.inputs).count(b"X") == 3
    assert target.seeds() == {"nothing": [b"."], kept.name: list(failure.inputs)}
    assert attack(target, target.seeds()[kept.name]) == failure


def test_one_input_that_does_it_alone_becomes_one_file(tmp_path: Path) -> None:
    target = weak("violates", tmp_path / "weak")

    failure = attack(target, [b"XXX"])
    assert failure is not None
    kept = keep(target, failure)

    assert kept.read_bytes() == b"XXX"


def test_what_takes_too_many_steps_is_a_violation() -> None:
    def endless() -> int:
        return max(endless_number() for _ in iter(int, 1))

    def endless_number() -> int:
        return 0

    with counted_calls(most=1000), pytest.raises(ViolationError, match="too many steps"):
        endless()


def test_a_planted_key_is_one() -> None:
    assert len(bytes.fromhex(PLANTED)) == 16


# ------------------------------------------------------------------ the command


def fuzz(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["script/fuzz", *arguments],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def test_the_command_lists_the_targets() -> None:
    listed = fuzz("--list")

    assert listed.returncode == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [t.name for t in TARGETS]


def test_the_command_tries_as_many_inputs_as_it_is_told() -> None:
    tried = fuzz("configuration", "--seed", "1", "--count", "2")

    assert tried.stdout == "configuration, seed 1\nconfiguration: nothing was found\n"
    assert tried.returncode == 0
