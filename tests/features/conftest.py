"""What tests of features may ask for: gateways to call, a recording radio, a meter behind it."""

from tests.api.conftest import alone, home
from tests.gateway.reporting.conftest import exchange, meter, reader, sender
from tests.network.conftest import directory, ears

__all__ = ["alone", "directory", "ears", "exchange", "home", "meter", "reader", "sender"]
