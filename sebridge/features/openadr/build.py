"""Build what a gateway has of OpenADR: a VEN, where the configuration names a VTN."""

import ssl

from sebridge.base.errors import ConfigError
from sebridge.feature import Host, Part
from sebridge.features.openadr.book import GridBook, KeptEvent
from sebridge.features.openadr.documents import GridProgram
from sebridge.features.openadr.methods import OpenAdrMethods
from sebridge.features.openadr.plan import Load, Rules
from sebridge.features.openadr.ven import NoVen, Ven
from sebridge.model.data_types import Moment
from sebridge.settings.openadr_options import OpenAdrOptions
from sebridge.zcl.identifiers import DRLC


def build(host: Host) -> Part:
    """Follow the VTN, or say that there is none."""
    options = host.openadr
    if options is None:
        return Part(services=(NoVen(host.bus),), method_groups=(OpenAdrMethods(None),))
    ven = _ven(host, options)
    return Part(
        services=(ven,),
        method_groups=(OpenAdrMethods(ven),),
        notes=(ven.notes,),
        health={"openadr": ven.facts},
    )


def _ven(host: Host, options: OpenAdrOptions) -> Ven:
    # aiohttp is much to have in memory, and few have a VTN
    from sebridge.features.openadr.vtn import Access, Vtn  # noqa: PLC0415

    access = Access(
        url=options.url,
        token_url=options.token_url or f"{options.url.rstrip('/')}/auth/token",
        client_id=options.client_id,
        client_secret=options.client_secret,
        scopes=options.scopes,
        ssl_context=_context(options),
    )
    book = GridBook(
        frozenset(options.programs),
        host.open_collection("openadr_programs", str, GridProgram),
        host.open_collection("openadr_events", str, KeptEvent),
        lambda: host.random.uniform(-1, 1),
    )
    source = host.price_source
    place = (host.endpoint.endpoint_id, DRLC)
    return Ven(
        options,
        Vtn(access, host.machine_clock),
        book,
        _rules(host, options),
        issued=host.open_collection("openadr_issued", int, Load),
        contact=host.open_collection("openadr_contact", str, Moment),
        load_control=lambda: host.event_services.get(place),
        tells_prices=source is not None and source.openadr,
        clock=host.machine_clock,
        network_clock=host.clock,
        time_is_known=host.time_is_known,
        random=host.random,
        bus=host.bus,
    )


def _rules(host: Host, options: OpenAdrOptions) -> Rules:
    source, limit = host.price_source, host.consumption_limit
    unit = source.price_unit if source is not None and source.openadr else None
    return Rules(
        currency=None if unit is None else unit.currency,
        unit=None if unit is None else unit.unit,
        nominal=None if limit is None else limit.nominal,
        device_class=options.device_class,
        duty_cycle=options.simple.duty_cycle,
        criticality=options.simple.criticality,
        limit_criticality=options.limit_criticality,
    )


def _context(options: OpenAdrOptions) -> ssl.SSLContext | None:
    if options.ca is None:
        return None
    try:
        return ssl.create_default_context(cafile=options.ca)
    except OSError as error:
        problem = f"openadr.ca: {options.ca}: {error.strerror or error}"
        raise ConfigError([problem]) from error
