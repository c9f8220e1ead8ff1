"""bellows without a stick: its application, and its protocol on a line of the test's own."""

import asyncio
from importlib import import_module
from typing import Any

from bellows.ash import AshProtocol, DataFrame
from bellows.ezsp import EZSP
from bellows.thread import ThreadsafeProxy
import bellows.types as bt
from bellows.uart import Gateway
import zigpy.types as t

from sebridge.radio.escaping import escaped
from sebridge.radio.ezsp.application import CONFIG, EzspApplication
from sebridge.radio.factory import zigpy_config
from sebridge.settings.options import RadioOptions
from tests.radio.lane_bench import KNOWN, REPORT, LaneBench

VERSIONS = (*range(4, 15), 16, 17, 18, 19)
OPTIONS = bt.EmberApsOption.APS_OPTION_ENCRYPTION | bt.EmberApsOption.APS_OPTION_RETRY
_VALUES: dict[str, Any] = {
    "type": bt.EmberIncomingMessageType.INCOMING_UNICAST,
    "lqi": 200,
    "rssi": -60,
    "sender": KNOWN,
    "eui64": t.EUI64.convert("0e:5e:b1:00:00:00:10:01"),
    "bindingIndex": 0xFF,
    "addressIndex": 0xFE,
    "timestamp": 0x01020304,
    "message": REPORT,
}
_OF_OLD = {"lastHopLqi": "lqi", "lastHopRssi": "rssi", "messageContents": "message"}
_SINCE_14 = {
    "message_type": "type",
    "nwk": "sender",
    "binding_index": "bindingIndex",
    "address_index": "addressIndex",
}
_NAMES = _OF_OLD | _SINCE_14


class Line:
    """What ASH writes to."""

    def __init__(self, others: list[Any]) -> None:
        self.closing = False
        self._others = others

    def write(self, octets: bytes) -> None:
        self._others.append(bytes(octets))

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True


class Stack(EZSP):
    """bellows' EZSP as it is once it is connected to a stick of some version."""

    def __init__(
        self, config: dict[str, Any], version: int, line: Line, *, suppress_acks: bool
    ) -> None:
        super().__init__(config)
        gateway = Gateway(self)
        self.ash = AshProtocol(gateway, suppress_acks=suppress_acks)
        self.ash.connection_made(line)
        self._gw = ThreadsafeProxy(gateway, asyncio.get_running_loop())
        self._switch_protocol_version(version)


class Connected(EzspApplication):
    """The application as it is once the network is up."""

    def __init__(self, version: int, line: Line, *, suppress_acks: bool) -> None:
        super().__init__(zigpy_config(RadioOptions(type="ezsp"), "/dev/ttyUSB0") | dict(CONFIG))
        self._ezsp = Stack(self.config["device"], version, line, suppress_acks=suppress_acks)
        self.stack = self._ezsp
        self.transport = line
        self.state.node_info.nwk = t.NWK(0)
        self.stack.add_callback(self.ezsp_callback_handler)


def ezsp_bench(version: int = 13, *, suppress_acks: bool = False) -> LaneBench[Connected]:
    """Return the library with nothing open yet; what it writes and other frames are kept."""
    others: list[Any] = []
    application = Connected(version, Line(others), suppress_acks=suppress_acks)
    bench = LaneBench(application, application.stack.ash, others)

    def note(name: str, result: list[Any]) -> None:
        if name != "incomingMessageHandler":
            others.append((name, result))

    application.stack.add_callback(note)
    return bench


def header(version: int, frame_id: int, control: int = 0x90, sequence: int = 7) -> bytes:
    """Return what a frame of this version begins with."""
    if version < 5:
        return bytes((sequence, control, frame_id))
    if version < 8:
        return bytes((sequence, control, 0xFF, 0x00, frame_id))
    return bytes((sequence, control, 0x01)) + frame_id.to_bytes(2, "little")


def message(
    version: int = 13,
    *,
    control: int = 0x90,
    endpoint: int = 0x5E,
    options: int = OPTIONS,
    **given: Any,
) -> bytes:
    """Return an incomingMessageHandler of this version, as the library itself writes one."""
    protocol = getattr(import_module(f"bellows.ezsp.v{version}"), f"EZSPv{version}")
    _, _, schema = protocol.COMMANDS["incomingMessageHandler"]
    aps = bt.EmberApsFrame(
        profileId=0x0109,
        clusterId=0x0702,
        sourceEndpoint=0x0A,
        destinationEndpoint=endpoint,
        options=bt.EmberApsOption(options),
        groupId=0,
        sequence=9,
    )
    values = _VALUES | given | {"apsFrame": aps, "aps_frame": aps}
    fields = {name: values[_NAMES.get(name, name)] for name in schema}
    return header(version, 0x45, control) + bytes(bt.serialize_dict((), fields, schema))


def framed(content: bytes, number: int = 0, *, again: bool = False, acknowledged: int = 0) -> bytes:
    """Return an EZSP frame on the line."""
    frame = DataFrame(frm_num=number, re_tx=again, ack_num=acknowledged, ezsp_frame=content)
    return escaped(frame.to_bytes()) + b"\x7e"
