"""Who comes in, decided from a request's head alone: by token, origin and rate limit. Pure.

A web page in a browser on this machine or in this home is the visitor to beware of: it can send
requests to us, and with a host name of its own (DNS rebinding) even read the answers. So requests
from pages of other origins are refused, and without tokens only our own names are answered to.
"""

import base64
import binascii
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import lru_cache
import math
from typing import Final
from urllib.parse import urlsplit

import msgspec

from sebridge.base.loopback import is_loopback
from sebridge.base.secret import Secret
from sebridge.rpc.message import Caller, Scope
from sebridge.transports.listening.connections import home_of
from sebridge.transports.web.tokens import hash_of

INTERFACE: Final = "http"
"""What a caller is said to come through."""

INGRESS: Final = "ingress"
"""What a user of Home Assistant is said to come through."""

NO_ADMINISTRATOR: Final = (
    "only administrators of Home Assistant are let in: sign in there as one, or ask one of them"
)
UNKNOWN_USER: Final = (
    "Home Assistant does not tell whether you are its administrator: try again in a minute; while"
    " that stays so, the log of the bridge says why"
)

_MINUTE: Final = 60.0  # seconds
_REMEMBERED: Final = 256  # addresses and host names that are not taken apart anew


# ---------------------------------------------------------------------- how often


class _Bucket(msgspec.Struct):
    permits: float
    filled: float  # the monotonic second when that was so


class RateLimit:
    """So many a minute for each key, all of them at once if need be.

    Keys that were not heard of for longest are forgotten when there are more than `most_keys`.
    """

    def __init__(self, per_minute: int, most_keys: int = 10_000) -> None:
        self._most = float(per_minute)
        self._most_keys = most_keys
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str, now: float) -> float:
        """Take a permit; return 0, or after how many seconds there will be one.

        `now` is seconds of a clock that never goes back.
        """
        bucket = self._bucket(key, now)
        if bucket.permits >= 1:
            bucket.permits -= 1
            return 0.0
        return (1 - bucket.permits) * _MINUTE / self._most

    def _bucket(self, key: str, now: float) -> _Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(self._most, now)
            if len(self._buckets) > self._most_keys:
                self._buckets.popitem(last=False)
            return bucket
        self._buckets.move_to_end(key)
        refill = (now - bucket.filled) * self._most / _MINUTE
        bucket.permits, bucket.filled = min(bucket.permits + refill, self._most), now
        return bucket


# ---------------------------------------------------------------------- who, and whether


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A token that lets in: whose it is, what it allows, and its hash."""

    name: str
    scope: Scope
    hash: Secret


class RequestHead(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The head of a request, as far as the authenticator looks at it.

    `address` is the client's, the others are the headers of those names. `is_open` says that what
    is asked for is shown to strangers too.

    What is for browsers takes note of two more: the token for which a cookie stands, and the user
    of Home Assistant as a proxy says.
    """

    address: str
    host: str
    origin: str | None = None
    authorization: str | None = None
    is_open: bool = False
    signed_in: Token | None = None
    ingress_user: str | None = None


class Refusal(msgspec.Struct, frozen=True):
    """Why somebody does not come in: an HTTP status, and the seconds to wait where that helps."""

    status: int
    reason: str
    wait: int = 0


class Ingress(msgspec.Struct, frozen=True, kw_only=True):
    """Where Home Assistant's users come from, whom its Supervisor has signed in.

    Nobody else has that address: it is the Supervisor's on a network of its own.
    `is_administrator` tells whether the user with an id is one, and None where it does not know.
    Who is none has `others_scope`, or is refused where that is None. Where nobody tells, all have
    `scope`.
    """

    address: str
    scope: Scope
    others_scope: Scope | None = None
    is_administrator: Callable[[str], bool | None] | None = None

    def scope_of(self, user: str) -> Scope | Refusal:
        """Return what a user may do, or why nothing."""
        if self.is_administrator is None:
            return self.scope
        match self.is_administrator(user):
            case True:
                return self.scope
            case False if self.others_scope is not None:
                return self.others_scope
            case False:
                return Refusal(403, NO_ADMINISTRATOR)
        return Refusal(403, UNKNOWN_USER)


STRANGER: Final = None
"""Somebody without a token, who sees what is open and nothing else."""


class Authenticator:
    """Lets in whoever shows a token, and not too often.

    Without any tokens, everybody on this machine may read, unless `ingress` is there, through which
    Home Assistant's users come. A right token is let in however many
    wrong ones came from its address, so that nobody can lock its owner out. `is_ours` says of a
    Host header whether it is answered to without tokens; else only localhost is.
    """

    def __init__(
        self,
        tokens: Sequence[Token],
        *,
        requests_per_minute: int,
        failures_per_minute: int,
        ingress: Ingress | None = None,
        is_ours: Callable[[str], bool] | None = None,
    ) -> None:
        self._tokens = tuple(tokens)
        self._ingress = ingress
        self._is_ours = is_ours or _is_our_name
        self._requests = RateLimit(requests_per_minute)
        self._failures = RateLimit(failures_per_minute)

    def authenticate(self, head: RequestHead, now: float) -> Caller | Refusal | None:
        """Return who comes in, STRANGER, or why not. `now` is monotonic seconds."""
        if _is_foreign(head):
            return Refusal(403, "pages of other origins are not let in")
        if head.ingress_user is not None:
            return self._user_of_home_assistant(head.ingress_user, head.address, now)
        if head.signed_in is not None:
            return self._admitted(head.signed_in, now)
        if head.authorization is not None:
            return self._sign_in(head.authorization, head.address, now)
        return self._without_a_token(head, now)

    def _without_a_token(self, head: RequestHead, now: float) -> Caller | Refusal | None:
        wait = self._requests.take(f"address {home_of(head.address)}", now)
        if wait:
            return _too_often(wait)
        if self._tokens or self._ingress is not None:
            return STRANGER if head.is_open else Refusal(401, "a token is needed")
        return self._neighbour(head)

    def _user_of_home_assistant(self, user: str, address: str, now: float) -> Caller | Refusal:
        if self._ingress is None or address != self._ingress.address:
            return Refusal(403, "only Home Assistant's Supervisor says who its users are")
        wait = self._requests.take(f"user {user}", now)
        if wait:
            return _too_often(wait)
        scope = self._ingress.scope_of(user)
        return scope if isinstance(scope, Refusal) else Caller(INGRESS, scope, name=user)

    def _neighbour(self, head: RequestHead) -> Caller | Refusal:
        if self._is_ours(head.host):
            return Caller(INTERFACE, Scope.READ, name=home_of(head.address))
        return Refusal(403, "without tokens only localhost is answered to")

    def _sign_in(self, authorization: str, address: str, now: float) -> Caller | Refusal:
        token = self.shown(presented(authorization), address, now)
        return token if isinstance(token, Refusal) else self._admitted(token, now)

    def _admitted(self, token: Token, now: float) -> Caller | Refusal:
        wait = self._requests.take(f"token {token.name}", now)
        return _too_often(wait) if wait else Caller(INTERFACE, token.scope, name=token.name)

    def shown(self, token: Secret, address: str, now: float) -> Token | Refusal:
        """Return the token that somebody shows to sign in, or why not: wrong ones not too often."""
        found = self._find(token)
        if found is not None:
            return found
        wait = self._failures.take(home_of(address), now)
        return _too_often(wait) if wait else Refusal(401, "the token is not known")

    def _find(self, shown: Secret) -> Token | None:
        """Compare with all, each in constant time: neither tells how near a guess was."""
        found, seen = None, hash_of(shown)
        for token in self._tokens:
            if token.hash == seen:
                found = token
        return found


def presented(authorization: str) -> Secret:
    """Return the token of an Authorization header; an empty one where there is none in it.

    Bearer has the token itself, Basic has it as the password of any user.
    """
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return Secret(rest.strip().encode(errors="replace"))
    if scheme.lower() != "basic":
        return Secret(b"")
    try:
        octets = base64.b64decode(rest.strip(), validate=True)
    except (binascii.Error, ValueError):
        return Secret(b"")
    return Secret(octets.partition(b":")[2])


def _is_foreign(head: RequestHead) -> bool:
    """Say whether a browser tells that a page of another origin asks."""
    if head.origin is None:
        return False
    try:
        return urlsplit(head.origin).netloc.lower() != head.host.lower()
    except ValueError:
        return True


@lru_cache(_REMEMBERED)
def _is_our_name(host: str) -> bool:
    """Say whether a Host header, with or without a port, names nothing but this machine."""
    return is_loopback(name_in(host))


def name_in(host: str) -> str:
    """Return what a Host header names, without a port."""
    return host.partition("]" if host.startswith("[") else ":")[0]


def _too_often(wait: float) -> Refusal:
    return Refusal(429, "too many requests", math.ceil(wait))
