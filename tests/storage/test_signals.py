"""News of the database."""

from sebridge.storage.signals import StorageChanged


def test_news_are_equal_when_they_say_the_same() -> None:
    assert StorageChanged(False, "full") == StorageChanged(writable=False, reason="full")  # noqa: FBT003
