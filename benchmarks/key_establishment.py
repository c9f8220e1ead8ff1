"""What a key establishment costs: milliseconds of CPU for either suite, part by part.

python -m benchmarks.key_establishment [--count 20]

The whole is what one side computes for one exchange, as the mean of both sides. The ratio to
multiplications by a scalar tells whether work is done twice; the ratio of the suites should be
that of their sizes: 283 / 163 more steps, of numbers nearly twice as long.
"""

import argparse
from collections.abc import Callable
import random
import secrets
import time
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.crypto.certificate_authority import new_authority
from sebridge.crypto.comb import multiply
from sebridge.crypto.credentials import CertificateStore
from sebridge.crypto.key_agreement import ephemeral_key, shared_secret
from sebridge.crypto.suite import SUITES, Suite
from sebridge.features.keys.arithmetic import perform
from sebridge.features.keys.cbke import step
from sebridge.features.keys.session import (
    Accept,
    Delivered,
    Event,
    MakeCodes,
    MakeEphemeral,
    ReadSuites,
    Received,
    Send,
    Session,
    Setup,
    Start,
    State,
    SuitesRead,
    initiator,
    responder,
)
from sebridge.features.load_control.signature import sign, verify

_METER: Final = Eui64.parse("00:13:50:05:00:00:00:01")
_GATEWAY: Final = Eui64.parse("00:13:a2:00:40:00:00:02")
_MESSAGE: Final = bytes(18)
_UNIT: Final = "scalar multiplication"


def exchange(own: Session, other: Session) -> Session:
    """Carry a whole exchange between two sessions; return how the initiator ends."""
    ends, number = [own, other], 0
    queue: list[tuple[int, Event]] = [(0, Start())]
    while queue:
        place, event = queue.pop(0)
        done = step(ends[place], event, 0.0)
        ends[place] = done.session
        for action in done.actions:
            number += 1
            match action:
                case MakeEphemeral() | MakeCodes():
                    queue.append((place, perform(action)))
                case ReadSuites():
                    queue.append((place, SuitesRead(ends[1].setup.suites)))
                case Send(record=record):
                    queue.append((1 - place, Received(record, number)))
                case Accept():
                    queue.append((1 - place, Delivered()))
    assert {end.state for end in ends} == {State.ESTABLISHED}
    return ends[0]


def milliseconds(work: Callable[[], object], count: int) -> float:
    """Return the CPU time of one run, the cheapest of so many: others only make it dearer."""
    work()
    times = []
    for _ in range(count):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times) * 1e3


def parts(suite: Suite) -> dict[str, Callable[[], object]]:
    """Return what is measured, by name."""
    chance = secrets.SystemRandom()
    authority = new_authority(suite, chance)
    u, v = (authority.issue(device, chance) for device in (_METER, _GATEWAY))
    u_once, v_once = (ephemeral_key(suite, chance) for _ in range(2))
    v_public = u.key_of(v.certificate)
    signature = sign(suite, v.private_key, _MESSAGE, chance)
    scalar = random.Random(1).randrange(suite.curve.order)
    sessions = (
        initiator(Setup(own=CertificateStore([u]), partner=_GATEWAY, randomness=chance)),
        responder(Setup(own=CertificateStore([v]), partner=_METER, randomness=chance)),
    )
    return {
        _UNIT: lambda: multiply(suite.curve, scalar, suite.curve.generator),
        "public key of a certificate": lambda: u.key_of(v.certificate),
        "ephemeral key pair": lambda: ephemeral_key(suite, chance),
        "shared secret": lambda: shared_secret(u, u_once, v_public, v_once.public),
        "key establishment, both sides": lambda: exchange(*sessions),
        "signature": lambda: sign(suite, v.private_key, _MESSAGE, chance),
        "verification": lambda: verify(suite, v_public, _MESSAGE, signature),
    }


def main() -> None:
    """Measure both suites and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="runs of each part")
    count = parser.parse_args().count
    first, second = (
        {name: milliseconds(work, count) for name, work in parts(suite).items()} for suite in SUITES
    )
    first, second = (_with_one_side(costs) for costs in (first, second))
    print("| ms | suite 1 | multiplications | suite 2 | multiplications | 2 : 1 |")
    print("|---|--:|--:|--:|--:|--:|")
    for name, one in first.items():
        two = second[name]
        steps_1, steps_2 = (cost[name] / cost[_UNIT] for cost in (first, second))
        print(
            f"| {name} | {one:.1f} | {steps_1:.1f} | {two:.1f} | {steps_2:.1f} | {two / one:.1f} |"
        )


def _with_one_side(costs: dict[str, float]) -> dict[str, float]:
    return costs | {"key establishment, one side": costs["key establishment, both sides"] / 2}


if __name__ == "__main__":
    main()
