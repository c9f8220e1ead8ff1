"""Build what makes a gateway part of a ZigBee network: radio, devices, reports, the one gate."""

from functools import partial
from typing import Any

import msgspec

from sebridge.app.network_settings import NetworkSettings, network_guard, stored_plans
from sebridge.app.ports import Ports
from sebridge.app.radio_keeper import RadioKeeper, RadioUser
from sebridge.app.reporting_services import ReportingServices
from sebridge.app.security import Security, is_proof_required
from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.feature import Role
from sebridge.features.time.timekeeping import Timekeeping, memory_of
from sebridge.gateway.admission import FrameStatistics, Gate, KeyTrust, KnownSenders
from sebridge.gateway.attribute_room import AttributeRoom
from sebridge.gateway.encryption import EncryptionRules
from sebridge.gateway.endpoint import Endpoint, EndpointsChanged, GroupsChanged, LocalEndpoints
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.router import Router, at_once
from sebridge.gateway.serial_nodes import SerialNodes
from sebridge.network.clients import Clients
from sebridge.network.directory import Directory
from sebridge.network.identities import Identities
from sebridge.network.known_device import DeviceSettings, KnownDevice
from sebridge.network.link_keys import LinkKey
from sebridge.network.manager import DeviceManager, DeviceRules
from sebridge.network.network_survey import NetworkSurvey
from sebridge.network.remote_bindings import KnownBindings, RemoteBindings
from sebridge.network.searching import joining_every
from sebridge.network.trust_center import TrustCenter
from sebridge.radio.network_plan import configured_plan
from sebridge.radio.radio import Radio
from sebridge.radio.zdo_server import Binding
from sebridge.settings import entries
from sebridge.settings.options import Options
from sebridge.settings.registry import Registry
from sebridge.zcl.cluster import Clusters
from sebridge.zcl.identifiers import (
    HA_COMBINED_INTERFACE,
    HA_ENDPOINT,
    HA_PROFILE,
    SE_ENDPOINT,
    SE_PROFILE,
)


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a gateway that know the network, and not yet what it is for."""

    role: Role
    clusters: Clusters
    registry: Registry
    time: Timekeeping
    radio: Radio
    directory: Directory
    identities: Identities
    trust_center: TrustCenter
    manager: DeviceManager
    survey: NetworkSurvey
    bindings: RemoteBindings
    clients: Clients
    security: Security
    endpoints: LocalEndpoints
    encryption: EncryptionRules
    key_trust: KeyTrust
    reporting: ReportingServices
    router: Router
    gate: Gate
    serial_nodes: SerialNodes
    attribute_room: AttributeRoom
    radio_user: RadioUser
    keeper: RadioKeeper
    network_settings: NetworkSettings


def build_network(options: Options, ports: Ports, clusters: Clusters) -> Network:
    """Build all of it, from the registry of settings to the gate; nothing runs yet."""
    open_collection, clock, bus = ports.open_collection, ports.clock, ports.bus
    role = Role(options.gateway.role)
    registry = Registry(open_collection("registry", str, Any), bus, options.registry)
    memory = memory_of(open_collection, registry, ports.system_zone)
    time = Timekeeping(clock, memory, joins=role.joins)
    directory = Directory(
        open_collection("devices", Eui64, KnownDevice),
        clock,
        bus,
        open_collection("kept_device_settings", Eui64, DeviceSettings),
    )
    own = [
        Endpoint(SE_ENDPOINT, SE_PROFILE, role.device_id, ()),
        Endpoint(HA_ENDPOINT, HA_PROFILE, HA_COMBINED_INTERFACE, ()),
    ]
    needed = [endpoint.descriptor() for endpoint in own]  # the features fill them later
    bound_to_us = open_collection("bindings", Binding, bool)
    guard = network_guard(open_collection, directory)
    radio = ports.make_radio(needed, bound_to_us, guard)
    if options.radio.record_frames:
        radio.recorder.record(None)
    trust_center = TrustCenter(
        radio,
        open_collection("link_keys", Eui64, Secret),
        clock,
        bus,
        registry.reader(entries.REQUIRE_EXPLICIT_ADD),
        established=open_collection("established_keys", Eui64, LinkKey),
    )
    rules = DeviceRules(
        max_failures=registry.reader(entries.MAX_TX_FAILURES),
        refresh_interval=registry.reader(entries.REFRESH_INTERVAL),
        answer_within=registry.reader(entries.ANSWER_TIMEOUT),
        sent_within=registry.reader(entries.TX_STATUS_TIMEOUT),
        retries=registry.reader(entries.SOCKET_RETRIES),
        interview_airtime=registry.reader(entries.INTERVIEW_AIRTIME),
    )
    manager = DeviceManager(radio, directory, trust_center, clock, rules)
    bindings = RemoteBindings(
        manager.zdo,
        lambda: radio.network.address,
        open_collection("remote_bindings", Eui64, KnownBindings),
        bus,
    )
    key_trust = KeyTrust(
        proof_required=is_proof_required(ports.proofs, options.security),
        holders=(trust_center, radio),
        demanded=lambda: not registry[entries.DISABLE_APS_ENCRYPTION],
    )
    encryption = EncryptionRules()
    exchange = Exchange(
        manager,
        clock,
        registry.reader(entries.ANSWER_TIMEOUT),
        encryption=encryption,
        may_be_told=key_trust.may_be_told,
        no_default_response=registry.reader(entries.DISABLE_DEFAULT_RESPONSE),
        one_at_a_time=manager.one_at_a_time,
    )
    security = Security(
        ports.proofs,
        options.security,
        radio=radio,
        directory=directory,
        manager=manager,
        trust_center=trust_center,
        exchange=exchange,
        clock=clock,
        bus=bus,
    )
    endpoints = LocalEndpoints(bus)
    bus.listen(EndpointsChanged, lambda _signal: radio.offer(endpoints.descriptors()))
    for signal in (EndpointsChanged, GroupsChanged):
        bus.listen(signal, lambda _signal: radio.hear_groups(endpoints.members))
    reporting = ReportingServices(
        endpoints=lambda: endpoints,
        exchange=exchange,
        clusters=clusters,
        binder=bindings,
        directory=directory,
        open_collection=open_collection,
        longest_frame=lambda: radio.longest_frame,
        most_reports=registry.reader(entries.MOST_REPORTS),
        clock=clock,
        bus=bus,
    )
    statistics = FrameStatistics()
    router = Router(
        endpoints,
        exchange,
        clock,
        bus,
        network_time=time.now,
        admits_report=reporting.floods.admits,
        heard=reporting.expectations.heard,
        reporting_tables=reporting.tables,
        statistics=statistics,
        # what a display says that it took, it must not take twice
        durable=at_once if role.serves else ports.durable,
    )
    serial_nodes = SerialNodes(manager.send)
    gate = Gate(
        router,
        exchange,
        serial_nodes,
        noted=manager.seen,
        senders=KnownSenders(
            directory=directory,
            admits_strangers=trust_center.admits_strangers,
            our_trust_center=lambda: radio.network.trust_center,
        ),
        only_serves=directory.only_serves,
        encryption=encryption,
        keys=key_trust,
        statistics=statistics,
        clock=clock,
        bus=bus,
    )
    radio_user = RadioUser(
        received=gate.received,
        joined=manager.joined,
        left=manager.left,
        key_gone=trust_center.key_gone,
        push_devices=manager.push_devices,
        push_keys=trust_center.push_keys,
    )
    interval = registry.reader(entries.JOIN_INTERVAL)
    keeper = RadioKeeper(
        radio,
        radio_user,
        clock,
        bus,
        partial(joining_every, interval) if role.joins else None,
    )

    async def begin_again(reason: str) -> None:
        """Leave or dissolve the network; whose network it was is off it."""
        await keeper.leave(reason)
        if not role.joins:
            for known in directory:
                manager.left(known.eui64)

    return Network(
        role=role,
        clusters=clusters,
        registry=registry,
        time=time,
        radio=radio,
        directory=directory,
        identities=Identities(),
        trust_center=trust_center,
        manager=manager,
        survey=NetworkSurvey(
            manager.zdo, directory, bindings, clock, lambda: radio.network, options.gateway.name
        ),
        bindings=bindings,
        clients=Clients(directory, bound_to_us),
        security=security,
        endpoints=endpoints,
        encryption=encryption,
        key_trust=key_trust,
        reporting=reporting,
        router=router,
        gate=gate,
        serial_nodes=serial_nodes,
        attribute_room=AttributeRoom(),
        radio_user=radio_user,
        keeper=keeper,
        network_settings=NetworkSettings(
            stored_plans(open_collection),
            configured_plan(options.radio),
            radio,
            begin_again,
            keeper.change_channel,
            joins=role.joins,
        ),
    )
