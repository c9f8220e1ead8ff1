"""Give inputs to a target until something does not hold; keep what did it as a seed."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
import hashlib
import itertools
from pathlib import Path
from random import Random
import tempfile
import traceback

from tests.fuzz.target import Target, ViolationError
from tests.fuzz.watch import watched


@dataclass(frozen=True, slots=True)
class Failure:
    """What did not hold, after which inputs to a new subject."""

    inputs: tuple[bytes, ...]
    reason: str


def attack(target: Target, inputs: Sequence[bytes]) -> Failure | None:
    """Give inputs to a new subject, one after the other; return the first failure."""
    return asyncio.run(_attack(target, inputs))


async def _attack(target: Target, inputs: Sequence[bytes]) -> Failure | None:
    given: list[bytes] = []
    with tempfile.TemporaryDirectory() as directory, watched() as watch:
        try:
            async with target.subject(Path(directory)) as subject:
                watch.keys |= subject.keys
                for one in inputs:
                    given.append(one)
                    await subject.take(one)
                    watch.check()
            watch.check()
        except ViolationError as error:
            return Failure(tuple(given), str(error))
        except Exception:  # noqa: BLE001  # whatever escapes is what is looked for
            return Failure(tuple(given), traceback.format_exc())
    return None


def narrowed(target: Target, failure: Failure) -> Failure:
    """Return the failure with as few of its last inputs as bring it back; else as it was."""
    number = 1
    while number < len(failure.inputs):
        found = attack(target, failure.inputs[-number:])
        if found is not None:
            return found
        number *= 2
    return failure


def inputs_of(target: Target, seed: int) -> Iterator[bytes]:
    """Yield inputs without end: the same for the same seed and corpus."""
    seeds = list(itertools.chain.from_iterable(target.seeds().values()))
    for number in itertools.count():
        yield target.grow(Random(f"{target.name} {seed} {number}"), seeds)


def _within(inputs: Iterable[bytes], octets: int | None) -> Iterator[bytes]:
    """Yield inputs until they have so many octets together, or all of them."""
    for one in inputs:
        yield one
        if octets is not None:
            octets -= len(one)
            if octets <= 0:
                return


def campaign(
    target: Target,
    *,
    seed: int,
    count: int | None,
    octets: int | None = None,
    told: Callable[[int], object] = lambda _n: None,
) -> Failure | None:
    """Try so many inputs or octets, or without limit; return the first failure.

    `told` is called with the number of inputs so far, whenever a subject has had its share.
    """
    stream, done = _within(itertools.islice(inputs_of(target, seed), count), octets), 0
    while batch := tuple(itertools.islice(stream, target.lasts)):
        failure = attack(target, batch)
        if failure is not None:
            return narrowed(target, failure)
        done += len(batch)
        told(done)
    return None


def keep(target: Target, failure: Failure) -> Path:
    """Write what did it into the corpus; return its path."""
    name = hashlib.sha256(b"\n".join(failure.inputs)).hexdigest()[:12]
    path = target.corpus / f"found-{name}"
    if len(failure.inputs) == 1:
        path.write_bytes(failure.inputs[0])
        return path
    path.mkdir(exist_ok=True)
    for number, one in enumerate(failure.inputs, 1):
        (path / f"{number:03}").write_bytes(one)
    return path
