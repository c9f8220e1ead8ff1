"""What the door leads to is told by types; that real parts fit, these tests show."""

from sebridge.rpc.message import Caller, Scope
from sebridge.transports.web.rooms import HealthReport, XmlAnswerer
from tests.transports.web.house import HEALTH, Counting


async def test_an_answerer_needs_only_the_document_and_who_sent_it() -> None:
    answerer: XmlAnswerer = Counting()

    assert b"scope" in await answerer.answer(b"<a/>", Caller("http", Scope.READ))


def test_a_report_without_problems_is_of_a_healthy_bridge() -> None:
    assert not HealthReport(HEALTH, ()).problems
