"""What Home Assistant shows of prices: for each commodity, what is on its board."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec.structs import replace
from typing_extensions import override

from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.topics import DELIVERED_PRICE, board_topic, price_units
from sebridge.gateway.events.signals import EventsChanged
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import (
    DIAGNOSTIC,
    MEASUREMENT,
    TIMESTAMP,
    Entities,
    EntitiesChanged,
    Entity,
    EntityHost,
    change_of_events,
)
from sebridge.transports.mqtt.delivered import delivered_topic
from sebridge.zcl.identifiers import PRICE

ELECTRICITY: Final = "electricity"
HIGHEST_TIER: Final = 48


class PriceEntities(Entities):
    """The gateway's prices: of electricity even before there are any, of others once there were.

    The unit of each commodity's price in force, such as USD/kWh, is kept in the collection
    `price_units`, and that of the next one, which may be another, in `next_price_units`. Without a
    price it stays that of the last one, or is that of the default price where there is one. Until
    it is known the price itself is no component: of a price without a unit Home Assistant would
    keep statistics, and those with a unit could not go on from them.
    """

    def __init__(self, host: EntityHost) -> None:
        super().__init__(host)
        self._bus = host.bus
        self._clock = host.network_clock
        self._shows = host.shows
        self._units = host.open_collection("price_units", str, str)
        self._next_units = host.open_collection("next_price_units", str, str)
        self._defaults = host.default_prices
        self._in_force: frozenset[str] = frozenset()
        host.bus.listen(EventsChanged, self._on_events)

    @override
    def of_gateway(self) -> Iterable[Entity]:
        yield change_of_events(
            key="price_event",
            name="Price event",
            topic=self._topics.notification("updated_active_price_event"),
            icon="mdi:cash-clock",
        )
        for commodity in sorted({ELECTRICITY, *self._units, *self._defaults}):
            yield from self._prices(commodity)

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        if self._serves and any(PRICE in endpoint.clients for endpoint in device.endpoints):
            yield Entity(
                key="delivered_price",
                platform="sensor",
                name="Last price delivered",
                topic=delivered_topic(self._topics, device.eui64, DELIVERED_PRICE),
                template="{{ value_json.price ~ ' ' ~ value_json.price_unit }}",
                attributes="",
                icon="mdi:cash-check",
                category=DIAGNOSTIC,
            )

    def _prices(self, commodity: str) -> Iterator[Entity]:
        next_unit = self._next_units.get(commodity, self._units.get(commodity))
        shown = _board(board_topic(self._topics, commodity), self._unit(commodity), next_unit)
        if commodity in self._defaults:
            current, *others = shown
            shown = (replace(current, template=_OR_DEFAULT, attributes=_WITH_DEFAULT), *others)
        told = [entity for entity in shown if entity.state_class is None or entity.unit is not None]
        if commodity == ELECTRICITY:
            yield from told
            return
        for entity in told:
            name = f"{commodity.capitalize()} {entity.name.lower()}"
            yield replace(entity, key=f"{commodity}_{entity.key}", name=name)

    def _on_events(self, signal: EventsChanged) -> None:
        if signal.cluster_id != PRICE or not self._shows(signal):
            return
        prices = [record for record in signal.records if isinstance(record, PublishPriceRecord)]
        before, found = self._shown_units(), price_units(prices, self._clock.utc())
        self._in_force = frozenset(name for name, units in found.items() if units.current)
        for commodity, units in found.items():
            current, upcoming = units.current or units.upcoming, units.upcoming
            if current is not None and self._units.get(commodity) != current:
                self._units[commodity] = current
            if upcoming is not None and self._next_units.get(commodity, current) != upcoming:
                self._next_units[commodity] = upcoming
        if before != self._shown_units():
            self._bus.send(EntitiesChanged(None))

    def _unit(self, commodity: str) -> str | None:
        """Return the unit of what is shown as the current price."""
        default = self._defaults.get(commodity)
        if default is not None and commodity not in self._in_force:
            return default.price_unit
        return self._units.get(commodity)

    def _shown_units(self) -> tuple[Mapping[str, str | None], ...]:
        current = {commodity: self._unit(commodity) for commodity in self._defaults}
        return dict(self._units), dict(self._next_units), current


_OR_DEFAULT: Final = (
    "{{ value_json.current.price if value_json.current"
    " else value_json.default.price if value_json.default else none }}"
)
_DAYS: Final = (
    "{% set ns = namespace(today=[], tomorrow=[]) %}"
    "{% set next_day = (now() + timedelta(days=1)).date() %}"
    "{% for price in value_json.schedule if price.until %}"
    "{% set day = (price.from | as_datetime | as_local).date() %}"
    "{% set slot = [{'start': price.from, 'end': price.until, 'value': price.price}] %}"
    "{% if day < next_day %}{% set ns.today = ns.today + slot %}"
    "{% elif day == next_day %}{% set ns.tomorrow = ns.tomorrow + slot %}{% endif %}"
    "{% endfor %}"
)
"""The rest of today and tomorrow, where Home Assistant is, in the shape that its cards read.

Not all that is known: Home Assistant keeps no more than 16 KiB of attributes in its history.
"""
_WITH_DEFAULT: Final = (
    _DAYS + "{{ {'currency': value_json.currency, 'per': value_json.unit,"
    " 'raw_today': ns.today, 'raw_tomorrow': ns.tomorrow, 'default': value_json.get('default'),"
    " 'is_default': not value_json.current} | to_json }}"
)


def _board(topic: str, unit: str | None, next_unit: str | None) -> tuple[Entity, ...]:
    """Return what is on the board of one commodity, each price in its currency's main unit."""
    return (
        Entity(
            key="price",
            platform="sensor",
            name="Current price",
            topic=topic,
            template="{{ value_json.current.price if value_json.current else none }}",
            attributes=(
                _DAYS + "{{ {'currency': value_json.currency, 'per': value_json.unit,"
                " 'raw_today': ns.today, 'raw_tomorrow': ns.tomorrow} | to_json }}"
            ),
            state_class=MEASUREMENT,
            unit=unit,
            icon="mdi:cash",
        ),
        Entity(
            key="price_tier",
            platform="sensor",
            name="Price tier",
            topic=topic,
            template=(
                "{% set tier = value_json.current.tier if value_json.current else 0 %}"
                "{{ none if not value_json.current"
                f" else tier if tier and tier <= {HIGHEST_TIER} else 'none' }}}}"
            ),
            attributes=(
                "{{ {'label': value_json.current.label if value_json.current else none}"
                " | to_json }}"
            ),
            device_class="enum",
            options=("none", *(str(tier) for tier in range(1, HIGHEST_TIER + 1))),
            icon="mdi:stairs",
        ),
        Entity(
            key="price_until",
            platform="sensor",
            name="Current price until",
            topic=topic,
            template="{{ value_json.current.until if value_json.current else none }}",
            device_class=TIMESTAMP,
        ),
        Entity(
            key="next_price",
            platform="sensor",
            name="Next price",
            topic=topic,
            template="{{ value_json.next.price if value_json.next else none }}",
            unit=next_unit,
            icon="mdi:cash-fast",
        ),
        Entity(
            key="next_price_from",
            platform="sensor",
            name="Next price from",
            topic=topic,
            template="{{ value_json.next.from if value_json.next else none }}",
            device_class=TIMESTAMP,
        ),
    )
