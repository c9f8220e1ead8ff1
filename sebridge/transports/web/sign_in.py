"""How a browser signs in: it shows a token once, and is given a cookie that no script can read."""

from typing import Any, Final

from aiohttp import hdrs, web
import msgspec

from sebridge.base.clock import Clock
from sebridge.base.secret import Secret
from sebridge.rpc.json_codec import dump
from sebridge.settings.http_options import HttpOptions
from sebridge.transports.web.answer import JSON, Answer, told
from sebridge.transports.web.auth import Authenticator, Refusal
from sebridge.transports.web.body import read_body
from sebridge.transports.web.entrance import Requester, Route
from sebridge.transports.web.sessions import LASTING, Sessions

PATH: Final = "/console/session"

_LONGEST: Final = 4_096  # octets of what is posted


class _Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is posted to sign in."""

    token: str


class SignIn:
    """Tells who somebody is, signs them in, and out."""

    def __init__(
        self,
        options: HttpOptions,
        authenticator: Authenticator,
        sessions: Sessions,
        cookie: str,
        clock: Clock,
    ) -> None:
        self._options = options
        self._authenticator = authenticator
        self._sessions = sessions
        self._cookie = cookie
        self._clock = clock

    @property
    def table(self) -> tuple[Route, ...]:
        """What is answered where."""
        handlers = {
            hdrs.METH_GET: self._who,
            hdrs.METH_POST: self._sign_in,
            hdrs.METH_DELETE: self._sign_out,
        }
        return tuple(
            Route(verb, PATH, handle, is_open=True, is_for_browsers=True)
            for verb, handle in handlers.items()
        )

    async def _who(self, _request: web.BaseRequest, requester: Requester) -> Answer:
        """Say who asks: name and scope, which are null where that is not known."""
        caller = requester.caller
        who: dict[str, Any] = {"name": None, "scope": None}
        if caller is not None:
            who = {"name": caller.name, "scope": caller.scope.name.lower()}
        return Answer(body=dump(who), content_type=JSON)

    async def _sign_in(self, request: web.BaseRequest, _requester: Requester) -> Answer:
        patience = self._options.limits.patience
        body = await read_body(request, most=_LONGEST, seconds=patience, clock=self._clock)
        try:
            shown = msgspec.json.decode(body, type=_Shown)
        except msgspec.DecodeError:
            return told(400, 'what is posted is {"token": "…"}')
        secret = Secret(shown.token.strip().encode(errors="replace"))
        token = self._authenticator.shown(secret, request.remote or "", self._clock.monotonic())
        if isinstance(token, Refusal):
            return told(token.status, token.reason, wait=token.wait)
        value = self._sessions.issued(token.name, self._clock.utc())
        return Answer(204, headers=(self._set(value, LASTING),))

    async def _sign_out(self, _request: web.BaseRequest, _requester: Requester) -> Answer:
        return Answer(204, headers=(self._set("", 0),))

    def _set(self, value: str, seconds: int) -> tuple[str, str]:
        # without `Secure` where there is no encryption, as browsers would not send it back
        secure = "" if self._options.tls is None else "; Secure"
        # without `Path` it is for what lies beside our own, also behind a proxy that adds to it
        rules = f"Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
        return hdrs.SET_COOKIE, f"{self._cookie}={value}; {rules}"
