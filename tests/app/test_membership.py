"""A gateway in the network of another; tests/scenarios has the whole story."""

from sebridge.app.gateway import Gateway
from sebridge.features.keep_alive.trust_center_watch import TrustCenterWatch
from sebridge.features.time.client_service import TimeClientService
from sebridge.network.service_search import ServiceSearch
from tests.api.home import Home
from tests.app.test_security import Guest

KINDS = (ServiceSearch, TimeClientService, TrustCenterWatch)


def of_membership(gateway: Gateway) -> list[type]:
    return [type(service) for service in gateway.services if isinstance(service, KINDS)]


def test_who_joins_looks_for_services_takes_the_time_and_watches_the_trust_centre(
    alone: Home,
) -> None:
    guest = Guest(alone)

    assert of_membership(guest.gateway) == list(KINDS)


def test_who_forms_the_network_does_nothing_of_it(alone: Home) -> None:
    assert of_membership(alone.gateway) == []
