"""The gateway's rules of who must prove himself; tests/scenarios has them at work."""

import asyncio
from collections.abc import AsyncIterator, Callable
import logging
from random import Random
from typing import Any

import pytest

from sebridge.app.bridge import Bridge
from sebridge.app.gateway import Gateway
from sebridge.app.joining_gateway import gateway_address
from sebridge.app.ports import Proofs
from sebridge.app.security import KeySeeker
from sebridge.base.clock import VirtualClock
from sebridge.base.computing import at_once
from sebridge.base.errors import ConfigError
from sebridge.base.signals import SignalBus
from sebridge.crypto.certificate_authority import new_authority
from sebridge.crypto.credentials import CertificateStore
from sebridge.crypto.suite import SUITE_1, SUITES
from sebridge.features.keys.conversation import Agreed
from sebridge.features.keys.establishment import KeyEstablishment
from sebridge.features.keys.session import Failed
from sebridge.features.keys.simulated import TrustCenterLink
from sebridge.features.load_control.signature import sign
from sebridge.features.price.client import PriceClient
from sebridge.network.peer import Peer
from sebridge.network.service_search import TrustCenterServers
from sebridge.network.signals import KeyEstablished, NetworkChanged
from sebridge.radio.ether_application import COORDINATOR
from sebridge.radio.radio import EstablishedKey
from sebridge.settings.options import GatewayOptions, Options, RadioOptions, SecurityOptions
from sebridge.simulator.household import link_key_of
from sebridge.zcl.identifiers import KEY_ESTABLISHMENT, PRICE, SE_ENDPOINT, SE_PROFILE
from tests.api.home import METER, Collections, Home, address, house_security, proofs_of
from tests.bridge_ports import make_ports, proofs

MakeHome = Callable[..., Home]


@pytest.fixture
async def make_home(clock: VirtualClock) -> AsyncIterator[MakeHome]:
    homes: list[Home] = []

    def make(*kinds: str, secure: bool = True, **more: Any) -> Home:
        kept = Collections()
        home = Home(clock, kinds, kept, house=house_security(kept) if secure else None, **more)
        homes.append(home)
        return home

    yield make
    for home in homes:
        await home.stop()


@pytest.mark.parametrize(
    ("secure", "wanted", "required"),
    [
        (True, None, True),
        (True, True, True),
        (True, False, False),
        (False, None, False),
        (False, True, False),
    ],
)
def test_a_proof_is_required_if_we_have_a_certificate_ourselves(
    make_home: MakeHome, *, secure: bool, wanted: bool | None, required: bool
) -> None:
    home = make_home(secure=secure, security=SecurityOptions(require_key_establishment=wanted))

    assert home.gateway.key_trust.proof_required is required


@pytest.mark.parametrize("secure", [True, False])
def test_a_suite_without_a_certificate_cannot_be_forced(
    make_home: MakeHome, *, secure: bool
) -> None:
    with pytest.raises(ConfigError, match=r"security\.forced_suite.*suite 2"):
        make_home(secure=secure, security=SecurityOptions(forced_suite=2))


def test_a_forced_suite_is_the_only_one_that_is_shown(make_home: MakeHome) -> None:
    kept = Collections()
    both = proofs_of(house_security(kept, SUITES))

    home = make_home(proofs=both, security=SecurityOptions(forced_suite=1))

    assert home.gateway.security.clusters.server.attributes.read(0).value == 1


@pytest.mark.parametrize("secure", [True, False])
def test_the_cluster_is_there_if_there_is_a_certificate(
    make_home: MakeHome, *, secure: bool
) -> None:
    home = make_home(secure=secure)

    descriptor = home.gateway.endpoints[SE_ENDPOINT].descriptor()

    assert (KEY_ESTABLISHMENT in descriptor.input_clusters) is secure
    assert (KEY_ESTABLISHMENT in descriptor.output_clusters) is secure
    assert bool(home.gateway.security.services) is secure


async def test_a_certificate_for_another_radio_is_said_aloud(
    make_home: MakeHome, caplog: pytest.LogCaptureFixture
) -> None:
    fitting = make_home()
    await fitting.start()
    before = caplog.text
    another = house_security(Collections()).certificates.of(address(METER))
    home = make_home(proofs=proofs(another))

    await home.start()

    assert "certificate is for" not in before
    assert f"certificate is for {address(METER)}" in caplog.text


async def test_a_signature_counts_if_its_device_has_shown_a_certificate(
    make_home: MakeHome,
) -> None:
    home = make_home(METER)
    own = house_security(home.collections).of(address(METER)).own.find(SUITE_1)
    signature = sign(SUITE_1, own.private_key, b"message", house_security(Collections()).randomness)
    verify = home.gateway.security.verify
    assert not verify(address(METER), b"message", signature)

    await home.start()

    assert verify(address(METER), b"message", signature)
    assert not verify(address(METER), b"massage", signature)
    assert not verify(address("display"), b"message", signature)


async def test_a_home_automation_device_needs_no_key(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    home = make_home("sub_meter")
    await home.start()

    await clock.advance(minutes=30)

    assert len(home.gateway.directory) == 1


async def test_where_encryption_is_switched_off_no_proof_is_asked_for(make_home: MakeHome) -> None:
    home = make_home()

    assert not home.gateway.key_trust.may_be_told(address(METER))
    await home.call(
        "registry_configuration",
        name="Cluster.disable_APS_encryption",
        value=True,
    )

    assert home.gateway.key_trust.may_be_told(address(METER))
    assert not home.gateway.key_trust.count(address(METER))


class Guest:
    """A display gateway in the house of another."""

    def __init__(self, home: Home, **more: Any) -> None:
        options = Options(
            gateway=GatewayOptions(name="kitchen", role="display"),
            radio=RadioOptions(link_key=link_key_of(GUEST)),
        )
        own = house_security(home.collections).certificates.of(GUEST)
        given: dict[str, Any] = {"own": own, "randomness": Random(3), "compute": at_once}
        self.bus = SignalBus(strict=True)
        self.told: list[Any] = []
        self.bus.listen(KeyEstablished, self.told.append)
        ports = make_ports(
            options,
            home.clock,
            home.ether,
            Collections().collection,
            bus=self.bus,
            own=Proofs(**given | more),
        )
        self.bridge = Bridge(options, ports)
        self.gateway = self.bridge.gateway


GUEST = gateway_address("kitchen")


def establishment_of(gateway: Gateway) -> KeyEstablishment:
    (found,) = (s for s in gateway.security.services if isinstance(s, KeyEstablishment))
    return found


@pytest.fixture
async def make_guest() -> AsyncIterator[Callable[..., Any]]:
    guests: list[Guest] = []

    async def make(home: Home, **given: Any) -> Guest:
        await home.gateway.manager.add(GUEST, link_key_of(GUEST), 60)
        guest = Guest(home, **given)
        guests.append(guest)
        starting = asyncio.ensure_future(guest.bridge.start())
        await home.clock.advance(30)
        await starting
        return guest

    yield make
    for guest in guests:
        await guest.bridge.stop()


async def test_a_gateway_that_joins_asks_its_trust_centre_for_a_key(
    make_home: MakeHome, make_guest: Callable[..., Any], clock: VirtualClock
) -> None:
    home = make_home()
    await home.start()

    guest = await make_guest(home)

    assert guest.told == [KeyEstablished(COORDINATOR, 1)]
    assert home.gateway.trust_center.is_established(GUEST)
    assert guest.gateway.trust_center.is_established(COORDINATOR)
    created = await home.call(
        "create_price_event", record={"issuer_event_id": 1, "price": 9, "duration_in_minutes": 9}
    )
    await clock.advance(5)
    assert created["status"] == 0
    prices = guest.gateway.endpoints[SE_ENDPOINT].cluster(PRICE, server=False)
    assert isinstance(prices, PriceClient)
    assert [record.price for record in prices.active(guest.gateway.time.now())] == [9]


async def test_a_gateway_that_joins_accepts_its_trust_centre_only_and_puts_nobody_out(
    make_home: MakeHome, make_guest: Callable[..., Any], clock: VirtualClock
) -> None:
    home = make_home(METER)
    await home.start()

    guest = await make_guest(home)
    await clock.advance(minutes=30)
    there = Peer(GUEST, SE_ENDPOINT, SE_PROFILE)
    (meter,) = home.house.household.find(TrustCenterLink).values()

    of_meter = asyncio.ensure_future(meter.service.establish(there))
    of_trust_center = asyncio.ensure_future(establishment_of(home.gateway).establish(there))
    await clock.advance(minutes=1)

    assert isinstance(of_meter.result(), Failed)
    assert isinstance(of_trust_center.result(), Agreed)
    assert COORDINATOR in [known.eui64 for known in guest.gateway.directory]


async def test_a_gateway_of_another_authority_says_so(
    make_home: MakeHome, make_guest: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    home = make_home()
    await home.start()
    elsewhere = new_authority(SUITE_1, Random(7), b"ELSEWHER").issue(GUEST, Random(8))

    guest = await make_guest(home, own=CertificateStore([elsewhere]))

    assert guest.told == []
    assert "of another authority than ours" in caplog.text


async def test_why_a_radio_uses_no_key_of_ours_is_said_as_it_is(
    make_home: MakeHome, make_guest: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    home = make_home()
    await home.start()
    guest = await make_guest(home)
    gateway, bus, told = guest.gateway, SignalBus(), []
    servers = TrustCenterServers(gateway.manager.zdo, lambda: gateway.radio.network)
    kinds = iter(set(EstablishedKey) - {EstablishedKey.TAKEN})
    KeySeeker(establishment_of(gateway), servers, lambda: next(kinds), bus)
    caplog.set_level(logging.INFO)

    for _ in range(3):
        caplog.clear()
        bus.send(NetworkChanged(joined=True, reason="there"))
        told += [(one.levelname, one.getMessage()) for one in caplog.records]

    keeps = "the radio takes no key that is established with the trust centre: "
    assert sorted(told) == [
        ("ERROR", f"{keeps}it keeps the one with which it joined"),
        ("ERROR", f"{keeps}newer firmware does"),
        ("INFO", "the radio module establishes its key with the trust centre, not the gateway"),
    ]


async def test_a_trust_centre_without_certificates_is_asked_again_in_vain(
    make_home: MakeHome, make_guest: Callable[..., Any], clock: VirtualClock
) -> None:
    home = make_home(secure=False)
    await home.start()

    guest = await make_guest(home)
    await clock.advance(minutes=2)

    assert guest.told == []
