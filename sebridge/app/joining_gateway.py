"""A gateway of ours that joins the simulated house: its address, and its radio."""

from collections.abc import MutableMapping, Sequence
import hashlib

from sebridge.base.addresses import Eui64
from sebridge.radio.ether import Ether
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.network_plan import configured_plan
from sebridge.radio.radio import Radio
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.radio.zdo_server import Binding
from sebridge.settings.options import Options
from sebridge.zcl.zdo import SimpleDescriptor


def joining_radio(
    options: Options,
    needed: Sequence[SimpleDescriptor],
    bindings: MutableMapping[Binding, bool],
    ether: Ether,
) -> Radio:
    """Return the radio of a gateway that joins the network of the simulated air.

    ConfigError for a wrong installation code.
    """
    key = configured_plan(options.radio).link_key or WELL_KNOWN_KEY
    address = gateway_address(options.gateway.name)
    return SimulatedRadio(ether, address, key, needed, bindings)


def gateway_address(name: str) -> Eui64:
    """Return the simulated address of a gateway that joins: the same for the same name."""
    return Eui64.from_octets(hashlib.sha256(name.encode()).digest()[:4] + bytes.fromhex("01b15e0e"))
