"""What packets are made of, as paho makes it too."""

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from sebridge.transports.mqtt.packets import correlation_properties


def test_properties_are_those_that_paho_writes() -> None:
    properties = Properties(PacketTypes.PUBLISH)
    properties.CorrelationData = b"x" * 200

    assert correlation_properties(b"x" * 200) == properties.pack()
