"""The link keys of one end."""

from sebridge.base.secret import Secret
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.key_ring import KeyRing, Lock, SharedKey
from tests.radio.simulated_air import LINK_KEY, METER

NEW_KEY = Secret(b"established key!")


def test_without_a_key_nothing_is_encrypted_and_nothing_deciphered() -> None:
    ring = KeyRing()

    assert ring.lock(METER) is None
    assert not ring.opens(METER, Lock(LINK_KEY))


def test_the_preconfigured_key_is_in_use_until_one_was_established() -> None:
    ring = KeyRing()
    ring.preconfigured[METER] = LINK_KEY
    assert ring.lock(METER) == Lock(LINK_KEY)
    assert ring.opens(METER, Lock(LINK_KEY))
    assert not ring.is_established(METER)

    ring.establish(METER, SharedKey(NEW_KEY, FrameCounters()))

    assert ring.is_established(METER)
    assert [ring.lock(METER) for _ in range(2)] == [Lock(NEW_KEY, 0), Lock(NEW_KEY, 1)]
    assert not ring.opens(METER, Lock(LINK_KEY))
    assert not ring.opens(METER, Lock(NEW_KEY))
    assert ring.opens(METER, Lock(NEW_KEY, 0))
    assert not ring.opens(METER, Lock(NEW_KEY, 0))


def test_a_forgotten_partner_has_no_key() -> None:
    ring = KeyRing()
    ring.preconfigured[METER] = LINK_KEY
    ring.establish(METER, SharedKey(NEW_KEY, FrameCounters()))

    ring.forget(METER)

    assert ring.lock(METER) is None


def test_no_key_shows() -> None:
    assert "established key!" not in repr(SharedKey(NEW_KEY, FrameCounters())) + repr(Lock(NEW_KEY))
