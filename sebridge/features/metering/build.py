"""Build what a gateway has of Metering: it has meters report, reads them, and stands for some."""

from sebridge.feature import Host, Part
from sebridge.features.metering.calendar import Calendar
from sebridge.features.metering.client import MeteringClient, NoMirrors
from sebridge.features.metering.history import History, MeterHistory
from sebridge.features.metering.history_filler import HistoryFiller
from sebridge.features.metering.history_methods import MeterHistoryMethods
from sebridge.features.metering.meters import MeterConfiguration, MeterRegisters, Meters
from sebridge.features.metering.methods import MeteringMethods
from sebridge.features.metering.mirror_host import MirrorHost
from sebridge.features.metering.queries import MeterQueries
from sebridge.features.metering.readings import MeterReadings
from sebridge.features.metering.signals import MeterGap, MeterRead, MeterSwapped, SwapSettled
from sebridge.features.metering.succession import MeterSwap, Succession
from sebridge.features.metering.swap_methods import MeterSwapMethods
from sebridge.features.metering.swaps import MeterSwaps
from sebridge.gateway.events.signals import PricesInForce
from sebridge.gateway.reporting.watcher import WantedReports
from sebridge.model.data_types import Uint8
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import METERING


def build(host: Host) -> Part:
    """Read the meters of the network; who serves it mirrors those that sleep (MET-11)."""
    meters = Meters(
        store=host.open_collection("meters", str, MeterConfiguration),
        registers=host.open_collection("meter_registers", str, MeterRegisters),
        successions=host.open_collection("meter_successions", str, Succession),
    )
    swaps = MeterSwaps(
        store=host.open_collection("meter_swaps", int, MeterSwap),
        meters=meters,
        devices=host.directory,
        identities=host.identities,
        clock=host.clock,
        bus=host.bus,
    )
    history = _history(host)
    readings = MeterReadings(meters=meters, reader=host.access, bus=host.bus)
    mirrors = _mirrors(host) if host.role.serves else NoMirrors()
    queries = MeterQueries(host.router.exchange, meters)
    filler = HistoryFiller(queries, host.directory, history.fill)
    host.bus.listen(MeterGap, filler.ask)
    return Part(
        clusters=(MeteringClient(mirrors),),
        home_automation=(MeteringClient(NoMirrors()),),
        services=(swaps, filler),
        method_groups=(
            MeteringMethods(host.directory, meters, queries),
            MeterSwapMethods(swaps),
            MeterHistoryMethods(history, host.clock),
        ),
        wanted_reports=(
            WantedReports(
                cluster_id=METERING,
                records=readings.wanted,
                prepare=readings.prepare,
                sleeps=mirrors.stands_for,
            ),
        ),
        scales={METERING: meters.explained},
    )


def _mirrors(host: Host) -> MirrorHost:
    return MirrorHost(
        store=host.open_collection("mirrors", Uint8, Peer),
        make_basic=host.make_mirrored_basic,
        endpoints=host.endpoints,
        bus=host.bus,
    )


def _history(host: Host) -> History:
    """Keep what the meters counted, in the days of the time zone of this machine."""
    history = History(
        kept=host.open_collection("meter_history", str, MeterHistory),
        pages=host.open_collection("meter_history_pages", str, str),
        calendar=Calendar(host.system_zone()),
        tell=host.bus.send,
    )

    def on_prices(signal: PricesInForce) -> None:
        history.prices.hear(signal.prices, host.clock.utc())

    def on_settled(signal: SwapSettled) -> None:
        for new, old in signal.endpoints.items():
            history.exchange((signal.old, old), (signal.new, new))

    host.bus.listen(MeterRead, history.take)
    host.bus.listen(MeterSwapped, lambda signal: history.doubt(signal.device, signal.endpoint))
    host.bus.listen(SwapSettled, on_settled)
    host.bus.listen(PricesInForce, on_prices)
    return history
