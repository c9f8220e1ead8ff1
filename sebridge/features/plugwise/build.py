"""Build what a gateway has of Plugwise: the stick and its circles, where one is configured."""

from functools import partial

from sebridge.base.addresses import Eui64
from sebridge.feature import Host, Part
from sebridge.features.plugwise.book import Book, KnownCircle
from sebridge.features.plugwise.book_keeper import BookKeeper
from sebridge.features.plugwise.history import CircleHistory, Energy
from sebridge.features.plugwise.methods import PlugwiseMethods
from sebridge.features.plugwise.network import PlugwiseNetwork
from sebridge.plugwise.circles import Circles, Watching
from sebridge.plugwise.log import Progress
from sebridge.plugwise.stick import Stick
from sebridge.settings.plugwise_options import PlugwiseOptions

_BAUDRATE = 115_200


def build(host: Host) -> Part:
    """Look after the circles of a stick; without one, tell that there are none."""
    options = host.plugwise
    history = CircleHistory(
        host.open_collection("circle_hours", str, str),
        host.open_collection("circle_energy", Eui64, Energy),
    )
    if options is None:
        book = Book({}, {})
        keeper = BookKeeper(book, history, host.real_clock, host.bus)
        methods = PlugwiseMethods(None, book, history, host.real_clock)
        return Part(services=(keeper,), method_groups=(methods,))
    names = {one.address: one.name for one in options.circles if one.name is not None}
    book = Book(host.open_collection("circles", Eui64, KnownCircle), names)
    keeper = BookKeeper(book, history, host.real_clock, host.bus)
    open_line = partial(host.open_port, options.path, _BAUDRATE)
    stick = Stick(open_line, host.real_clock, host.bus)
    circles = Circles(
        stick,
        host.open_collection("circle_logs", Eui64, Progress),
        host.real_clock,
        host.bus,
        Watching(options.interval),
        _special(options),
    )
    network = PlugwiseNetwork(stick, circles, book, keeper, history)
    return Part(
        services=(keeper, circles, stick),
        method_groups=(PlugwiseMethods(network, book, history, host.real_clock),),
        notes=(network.notes,),
        health={"plugwise": network.facts},
    )


def _special(options: PlugwiseOptions) -> dict[Eui64, Watching]:
    return {
        one.address: Watching(one.interval or options.interval, one.production)
        for one in options.circles
    }
