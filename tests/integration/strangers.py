"""Programs of others, each a process of its own, on an emulated stick in that of the test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import os
from pathlib import Path
import subprocess

from sebridge.base.addresses import Eui64
from tests.integration.emulated_sticks import drawers_of_used, make_stick
from tests.integration.steady_clock import SteadyClock, ticking
from tests.patience import PATIENCE

_SPEED = 5  # real time in which programs wait for a stick is not waited for


@asynccontextmanager
async def stick_for_strangers(
    module: str, directory: Path, **devices: tuple[str, Eui64]
) -> AsyncIterator[int]:
    """Have a stick with such devices, of a kind and with an address each; give its TCP port."""
    async with ticking(SteadyClock(_SPEED)) as clock:
        certificates, drawers = directory / "certificates.txt", drawers_of_used()
        stick = make_stick(module, clock, devices, certificates, drawers, 0)
        await stick.start()
        try:
            yield stick.sticks[0].port.port
        finally:
            await stick.stop()


async def told_by(*command: str | Path, **environment: str) -> str:
    """Run a program to its end, which is to be a good one; return what it says."""
    program = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.PIPE, env=os.environ | environment
    )
    try:
        async with asyncio.timeout(PATIENCE):
            said, _ = await program.communicate()
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    assert program.returncode == 0
    return said.decode()
