"""The HTTP server of a gateway, put together from its options."""

from sebridge import __version__
from sebridge.app.health import Health, problems_of
from sebridge.base.clock import Clock
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.rpc.quota import Quota
from sebridge.settings.http_options import HttpOptions
from sebridge.transports.web.routes import Backend, HealthReport, XmlAnswerer
from sebridge.transports.web.server import HttpServer


def make_http_server(
    options: HttpOptions,
    dispatcher: Dispatcher,
    health: Health,
    clock: Clock,
    quota: Quota,
    xml: XmlAnswerer | None = None,
) -> HttpServer:
    """Return the server, which does not listen yet.

    `clock` is one of real time. Without `xml` the paths of the old gateways' documents answer 501.
    """

    def report() -> HealthReport:
        facts = health.facts()
        return HealthReport(facts, tuple(problems_of(facts)))

    backend = Backend(
        version=__version__,
        answer=dispatcher.answer,
        methods=lambda: dispatcher.methods,
        calls=lambda: dispatcher.outcomes,
        health=report,
        quota=quota,
        xml=xml,
    )
    return HttpServer(options, backend, clock)
