"""Drivers and devices for tests."""

from typing import Any

from sebridge.base.addresses import Eui64
from sebridge.drivers.driver import Driver, read_driver
from sebridge.network.descriptors import Simple_Desc_rsp
from sebridge.network.known_device import KnownDevice
from sebridge.zcl.identifiers import HA_PROFILE
from tests.gateway.radio_side import address

PLUG = """
name: {en: Plug}
class: socket
capabilities: [onoff]
zigbee:
  manufacturerName: [Acme, Other]
  productId: A 1
  endpoints: {1: {clusters: [on_off]}}
"""
REPORTING = """
name: {en: Plug}
class: socket
capabilities: [onoff]
zigbee:
  manufacturerName: Acme
  productId: A 1
  endpoints:
    1:
      clusters: [on_off, light_color]
      bindings: [on_off, level]
      reporting:
        - {cluster: on_off, attribute: on_off, minInterval: 1, maxInterval: 60}
        - {cluster: 0x0300, attribute: current_hue, maxInterval: 300, minChange: 10}
"""


def driver(identifier: str, text: str = PLUG, owner: str = "") -> Driver:
    return read_driver(identifier, text.encode(), owner)


def known(
    *,
    manufacturer: str = "Acme",
    model: str = "A 1",
    device: Eui64 = address(1),  # noqa: B008 - an address is a number
    servers: tuple[int, ...] = (0, 6),
    clients: tuple[int, ...] = (),
    **more: Any,
) -> KnownDevice:
    described = Simple_Desc_rsp(
        status=0,
        nwk_addr=1,
        endpoint_id=1,
        profile_id=HA_PROFILE,
        device_id=0x0051,
        device_version=0,
        input_clusters=servers,
        output_clusters=clients,
    )
    return KnownDevice(
        eui64=device,
        nwk=1,
        manufacturer=manufacturer,
        model=model,
        active_endpoints=(1,),
        simple_descriptors={1: described},
        **more,
    )
