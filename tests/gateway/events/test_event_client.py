"""Several servers told apart, and text for displays with little room."""

from hypothesis import given, strategies as st

from sebridge.features.price.client import PriceClient
from sebridge.features.price.records import PublishPriceRecord
from sebridge.gateway.events.event_client import cut, origin_of
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from tests.gateway.radio_side import NOW, always, command, peer


def test_every_server_has_a_number_of_its_own_which_is_not_ours() -> None:
    servers = [peer(1), peer(2), peer(1, endpoint=10)]

    numbers = {origin_of(server) for server in servers}

    assert len(numbers) == 3
    assert 0 not in numbers


def test_an_event_is_found_by_its_server_and_by_its_id() -> None:
    client = PriceClient(9, Schedule(Policy.PRICE, {}), time_is_known=always)
    price = PublishPriceRecord(issuer_event_id=5, duration_in_minutes=10, price=1)
    for number in (1, 2):
        client.receive(command(price, source=peer(number)))

    first = client.sent_by(peer(1), 5)

    assert first is not None
    assert first.source == peer(1)
    assert client.sent_by(peer(3), 5) is None
    assert [event.source for event in client.named(5, NOW)] == [peer(1), peer(2)]
    assert client.named(6, NOW) == []


@given(st.text(), st.integers(0, 40))
def test_a_text_is_cut_where_a_character_ends(text: str, most: int) -> None:
    shown = cut(text, most)

    assert text.startswith(shown)
    assert len(shown.encode()) <= most
    longer = text[: len(shown) + 1]
    assert shown == text or len(longer.encode()) > most
