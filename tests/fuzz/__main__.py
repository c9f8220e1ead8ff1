"""`script/fuzz`: try inputs on a target without limit, until something does not hold."""

import argparse
from collections.abc import Callable, Sequence
import random
import sys
import time

from tests.fuzz.campaign import campaign, keep
from tests.fuzz.target import SEEDS
from tests.fuzz.targets import BY_NAME, TARGETS

_EVERY = 60.0  # seconds between lines


def _progress(name: str, seed: int) -> Callable[[int], None]:
    """Return what prints how far it is, once a minute."""
    begin = last = time.monotonic()

    def tell(done: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _EVERY:
            last = now
            print(f"{name}, seed {seed}: {done} inputs in {now - begin:.0f} s", flush=True)

    return tell


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/fuzz",
        description="Try inputs on an entry of the bridge until something does not hold.",
    )
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("target", nargs="?", choices=sorted(BY_NAME), metavar="TARGET")
    chosen.add_argument("--list", action="store_true", help="name the targets, and end")
    parser.add_argument(
        "--seed", type=int, default=random.randrange(2**31), help="the same gives the same inputs"
    )
    parser.add_argument("--count", type=int, help="inputs to try; without it there is no end")
    parser.add_argument("--octets", type=int, help="octets to try, in whole inputs")
    return parser.parse_args(words)


def main(words: Sequence[str]) -> int:
    """Run a target; return the exit status: 1 when something was found."""
    given = _arguments(words)
    if given.list:
        for target in TARGETS:
            print(f"{target.name:<14}{target.told}")
        return 0
    target = BY_NAME[given.target]
    print(f"{target.name}, seed {given.seed}", flush=True)
    tell = _progress(target.name, given.seed)
    failure = campaign(target, seed=given.seed, count=given.count, octets=given.octets, told=tell)
    if failure is None:
        print(f"{target.name}: nothing was found")
        return 0
    path = keep(target, failure)
    print(f"{target.name}: seeds/{path.relative_to(SEEDS)}\n{failure.reason}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
