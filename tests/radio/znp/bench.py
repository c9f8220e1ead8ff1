"""zigpy-znp without a stick: its application, and its protocol on a line of the test's own."""

from collections.abc import Coroutine
from typing import Any

import zigpy.endpoint
import zigpy.types as t
import zigpy_znp.api
import zigpy_znp.commands as c
from zigpy_znp.frames import TransportFrame
from zigpy_znp.uart import ZnpMtProtocol
from zigpy_znp.zigbee.device import ZNPCoordinator

from sebridge.radio.factory import zigpy_config
from sebridge.radio.znp.application import CONFIG, ZnpApplication
from sebridge.settings.options import RadioOptions
from tests.radio.lane_bench import KNOWN, REPORT, LaneBench

OWN = t.EUI64.convert("00:12:4b:00:00:00:00:01")
PROFILES = {0x5E: 0x0109, 0x01: 0x0104}
FIELDS = {
    "GroupId": 0,
    "ClusterId": 0x0702,
    "SrcAddr": KNOWN,
    "SrcEndpoint": 0x0A,
    "DstEndpoint": 0x5E,
    "WasBroadcast": False,
    "LQI": 200,
    "SecurityUse": True,
    "TimeStamp": 0x01020304,
    "TSN": 7,
    "Data": REPORT,
    "MacSrcAddr": 0x4321,
    "MsgResultRadius": 29,
}


class Stack(zigpy_znp.api.ZNP):
    """zigpy-znp's API as it is once it is connected."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._uart = ZnpMtProtocol(self)
        self.line = self._uart


class Connected(ZnpApplication):
    """The application as it is once the network is up."""

    def __init__(self) -> None:
        super().__init__(zigpy_config(RadioOptions(type="znp"), "/dev/ttyUSB0") | dict(CONFIG))
        self._znp = Stack(self.config)
        self.stack = self._znp
        self.state.node_info.ieee = OWN
        self.state.node_info.nwk = t.NWK(0)
        own = self.devices[OWN] = ZNPCoordinator(self, OWN, t.NWK(0))
        for number, profile_id in PROFILES.items():
            endpoint = own.add_endpoint(number)
            endpoint.status = zigpy.endpoint.Status.ZDO_INIT
            endpoint.profile_id = profile_id
        own.add_endpoint(0x77)  # of which the firmware said nothing


def znp_bench() -> LaneBench[Connected]:
    """Return the library with nothing open yet; others than AF messages are kept."""
    application, others = Connected(), list[Any]()
    stack = application.stack
    stack.callback_for_response(
        c.AF.IncomingMsg.Callback(partial=True),
        lambda message: at_once(application.on_af_message(message)),
    )
    for other in (c.SYS.ResetInd.Callback, c.AF.DataConfirm.Callback, c.AF.IncomingMsgExt.Callback):
        stack.callback_for_response(other(partial=True), others.append)
    return LaneBench(application, stack.line, others)


def at_once(handler: Coroutine[Any, Any, None]) -> None:
    """Carry out what the library would carry out in the next turn of the event loop."""
    try:
        handler.send(None)
    except StopIteration:
        return
    raise AssertionError("the library waits for something")


def message(**fields: Any) -> bytes:
    """Return an AF_INCOMING_MSG on the line."""
    command = c.AF.IncomingMsg.Callback(**FIELDS | fields)
    return bytes(TransportFrame(command.to_frame()).serialize())


def framed(command: bytes, data: bytes) -> bytes:
    """Return a frame with a right checksum, whatever is in it."""
    content = bytes((len(data) % 256,)) + command + data
    checksum = 0
    for octet in content:
        checksum ^= octet
    return bytes((0xFE, *content, checksum))
