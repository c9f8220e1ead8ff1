"""What packets are made of, as paho makes it too."""

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from sebridge.transports.mqtt.packets import publish_properties


def test_properties_are_those_that_paho_writes() -> None:
    properties = Properties(PacketTypes.PUBLISH)
    properties.CorrelationData = b"x" * 200

    assert publish_properties(b"x" * 200, None) == properties.pack()


def test_a_lifetime_is_a_message_expiry_interval() -> None:
    properties = Properties(PacketTypes.PUBLISH)
    properties.MessageExpiryInterval = 1200

    assert publish_properties(None, 1200) == properties.pack()
