"""Our certificate by AT commands, as old gateways took it: in the module, or in our own store."""

from collections.abc import Callable
import logging
from pathlib import Path
from typing import Final

from sebridge.app.certificate_store import install, previous, read_store, revert
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ConfigError, DecodeError, ParameterError, RefusedError
from sebridge.base.secret import Secret
from sebridge.crypto.certificate import parse_certificate
from sebridge.crypto.credentials import Credentials
from sebridge.crypto.terminate import KeyEstablishmentError
from sebridge.radio.radio import Radio

_LOGGER = logging.getLogger(__name__)

_XBEE: Final = "xbee"
_AUTHORITY, _CERTIFICATE, _PRIVATE, _WRITE = "ZU", "ZT", "ZV", "WR"
_REGISTERS: Final = (_AUTHORITY, _CERTIFICATE, _PRIVATE)
_NONE: Final = b""  # what 0 stands for: to go back


class CertificateRegisters:
    """The registers of a radio; those of the certificate are ours where it is no XBee.

    ZU (the authority's public key), ZT (the implicit certificate) and ZV (the private key) are
    taken together when WR comes: the certificate goes into the `store`, checked; three times 0
    goes back to what was there before. The gateway uses it from its next start on. ZU and
    ZT can be read, ZV never. An XBee keeps all of them itself (RPC reference, Certificates).
    """

    def __init__(self, radio: Radio, store: Path | None, own_address: Callable[[], Eui64]) -> None:
        self._radio = radio
        self._store = store
        self._own_address = own_address
        self._given: dict[str, Secret] = {}

    async def at_command(self, command: str, value: int | bytes | None) -> int | bytes | None:
        """Carry out an AT command.

        RefusedError where there is no store, or for other registers of a radio that is no XBee;
        ParameterError for a certificate that is none, or is not for this gateway.
        """
        is_ours = command in _REGISTERS or command == _WRITE
        if self._radio.network.kind == _XBEE or not is_ours:
            return await self._radio.at_command(command, value)
        store = self._store_path()
        if command == _WRITE:
            self._write(store)
            return None
        if value is None:
            return self._shown(command, store)
        self._given[command] = Secret(_octets(value))
        return None

    def _store_path(self) -> Path:
        if self._store is None:
            raise RefusedError(
                "there is nowhere to put a certificate: the configuration has no"
                " security.certificate_store"
            )
        return self._store

    def _shown(self, command: str, store: Path) -> bytes | None:
        """Return what is in the store, without what is given and not written yet."""
        if command == _PRIVATE or not store.exists():
            return None
        try:
            found = next(iter(read_store(store)), None)  # suite 1 stands first
        except ConfigError as error:
            raise RefusedError(str(error)) from error
        if found is None:
            return None
        return found.authority_key if command == _AUTHORITY else found.certificate.octets

    def _write(self, store: Path) -> None:
        missing = [name for name in _REGISTERS if name not in self._given]
        if missing:
            raise ParameterError("command", f"before WR give {', '.join(missing)}")
        authority, certificate, private = (self._given[name].reveal() for name in _REGISTERS)
        self._given.clear()
        given = (authority, certificate, private)
        try:
            if given == (_NONE, _NONE, _NONE):
                revert(store)
            else:
                install(store, self._checked(authority, certificate, private))
        except ConfigError as error:
            raise RefusedError(str(error)) from error
        before = f"; {previous(store)} is what was there before" if previous(store).exists() else ""
        _LOGGER.warning("%s was changed by an AT command%s", store, before)

    def _checked(self, authority: bytes, certificate: bytes, private: bytes) -> Credentials:
        try:
            found = Credentials(authority, parse_certificate(certificate), Secret(private))
        except (DecodeError, KeyEstablishmentError) as error:
            raise ParameterError("value", f"ZU, ZT and ZV are no certificate: {error}") from error
        subject, own = found.certificate.subject, self._own_address()
        if subject != own:
            raise ParameterError("value", f"ZT is for {subject}, but this gateway is {own}")
        return found


def _octets(value: int | bytes) -> bytes:
    """Return what a register was set to; 0, in whatever form, is nothing."""
    if isinstance(value, int):
        value = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return value if any(value) else _NONE
