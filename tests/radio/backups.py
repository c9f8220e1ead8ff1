"""A backup as zigpy writes one."""

from typing import Any

from zigpy.backups import NetworkBackup
from zigpy.state import Key, NetworkInfo, NodeInfo
import zigpy.types as t
from zigpy.zdo.types import LogicalType

from sebridge.radio.backup_document import write

COORDINATOR = t.EUI64.convert("0e:5e:b1:00:00:00:00:02")
METER = t.EUI64.convert("00:0d:6f:00:0a:00:00:01")
NETWORK_KEY = "0102030405060708090a0b0c0d0e0f10"
LINK_KEY = "a1a2a3a4a5a6a7a8a9aaabacadaeafb0"


def key(digits: str) -> t.KeyData:
    return t.KeyData(bytes.fromhex(digits))


def backup(*, sent: int = 500, link_sent: int = 77) -> NetworkBackup:
    """Return the backup of a network with a meter."""
    return NetworkBackup(
        node_info=NodeInfo(
            nwk=t.NWK(0), ieee=COORDINATOR, logical_type=LogicalType.Coordinator, model="CC2652"
        ),
        network_info=NetworkInfo(
            extended_pan_id=t.ExtendedPanId(b"\xdd" * 8),
            pan_id=t.PanId(0x1A62),
            channel=t.uint8_t(15),
            channel_mask=t.Channels.CHANNEL_15 | t.Channels.CHANNEL_20,
            security_level=t.uint8_t(5),
            network_key=Key(key=key(NETWORK_KEY), tx_counter=t.uint32_t(sent), seq=t.uint8_t(3)),
            tc_link_key=Key(
                key=t.KeyData(b"ZigBeeAlliance09"),
                tx_counter=t.uint32_t(0),
                partner_ieee=COORDINATOR,
            ),
            key_table=[
                Key(
                    key=key(LINK_KEY),
                    tx_counter=t.uint32_t(link_sent),
                    rx_counter=t.uint32_t(5),
                    partner_ieee=METER,
                )
            ],
            nwk_addresses={METER: t.NWK(0x1234)},
            stack_specific={"zstack": {"tclk_seed": "00" * 16}},
            source="zigpy-znp@1.1.1",
        ),
    )


def document(**counters: int) -> dict[str, Any]:
    return write(backup(**counters))
