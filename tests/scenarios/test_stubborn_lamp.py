"""What a lamp does not take is said, and nothing is sent after it."""

from typing import Any

from typing_extensions import override

from benchmarks.plugs import Plug
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.zcl.frame import DEFAULT_RESPONSE, Frame
from sebridge.zcl.identifiers import COLOR_CONTROL, HA_PROFILE, LEVEL_CONTROL
from sebridge.zcl.status import Status
from sebridge.zcl.zdo import SimpleDescriptor
from tests.scenarios.conftest import Home

LAMP = SimpleDescriptor(
    endpoint=1,
    profile_id=HA_PROFILE,
    device_id=0x010C,
    input_clusters=(LEVEL_CONTROL, COLOR_CONTROL),
)
SHOWN = {
    LEVEL_CONTROL: LocalAttributes([LocalAttribute(0, 0x20, 9)]),
    COLOR_CONTROL: LocalAttributes([LocalAttribute(7, 0x21, 300)]),
}


class Stubborn(Plug):
    """A lamp that takes no command."""

    heard: tuple[int, ...] = ()

    @override
    def answer(self, cluster_id: int, header: Frame) -> tuple[int, bytes] | None:
        if header.cluster_specific:
            self.heard += (cluster_id,)
            return DEFAULT_RESPONSE, bytes((header.command_id, Status.FAILURE))
        return super().answer(cluster_id, header)


async def test_a_lamp_that_refuses_is_told_of(home: Home) -> None:
    lamp = Stubborn(home.ether, 1, LAMP, SHOWN)
    await home.result("enable_joining", join_time=60)
    await lamp.join()
    await home.clock.advance(minutes=1)
    address = str(lamp.radio.network.address)

    told: dict[str, Any] = await home.result(
        "set_light", destination_address=address, level=9, color_temperature=300
    )
    await lamp.radio.stop()

    assert (told["status"], told["reason"], told["cluster_id"]) == (1, "FAILURE", COLOR_CONTROL)
    assert lamp.heard == (COLOR_CONTROL,)
