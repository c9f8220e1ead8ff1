"""Text for displays with little room."""

from hypothesis import given, strategies as st

from sebridge.features.messaging.text import cut


@given(st.text(), st.integers(0, 40))
def test_a_text_is_cut_where_a_character_ends(text: str, most: int) -> None:
    shown = cut(text, most)

    assert text.startswith(shown)
    assert len(shown.encode()) <= most
    longer = text[: len(shown) + 1]
    assert shown == text or len(longer.encode()) > most
