"""Places on remote devices."""

from sebridge.base.addresses import Eui64
from sebridge.network.peer import Peer


def test_the_same_place_is_found_again() -> None:
    here = Peer(Eui64.parse("00:0d:6f:00:0a:00:00:01"), 1, 0x0109)
    again = Peer(Eui64.parse("00:0d:6f:00:0a:00:00:01"), 1, 0x0109)
    elsewhere = Peer(here.device, 2, 0x0109)

    assert {here: "meter"}[again] == "meter"
    assert elsewhere != here
