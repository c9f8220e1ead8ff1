"""How the payload of a command is declared. All friction with zigpy's typing ends here."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self

from typing_extensions import override
import zigpy.types as t
from zigpy.zcl.foundation import CommandSchema, ZCLAttributeAccess, ZCLAttributeDef, ZCLCommandDef

from sebridge.base.errors import DecodeError


class Record(CommandSchema):
    """The payload of a command. A record which exists is complete.

    Trailing fields that an older peer leaves off take their defaults, and octets after the last
    known field are ignored (rule GEN-11).
    """

    RECORD_NAME: ClassVar[str] = ""  # the name for RPC callers, where it is not that of the class
    OTHER_NAMES: ClassVar[Mapping[str, str]] = {}  # spellings also accepted from RPC callers
    UNUSED: ClassVar[Mapping[str, int]] = {}  # what a field without a value is on air, if not 0
    OLDER_FORMS: ClassVar[Mapping[int, type[CommandSchema]]] = {}  # by their length in octets

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Refuse a record with a missing field when it is made, not when it is sent."""
        record = super().__new__(cls, *args, **kwargs)
        missing = [f.name for f in cls.fields if not f.optional and getattr(record, f.name) is None]
        if missing:
            raise ValueError(f"{cls.__name__} lacks {', '.join(missing)}")
        return record

    @override
    @classmethod
    def deserialize(cls, data: bytes) -> tuple[Self, bytes]:
        """Read a payload; a field that the peer left off is None, so that it stays left off."""
        given, rest = cls._deserialize_internal(cls.fields, data)
        left_off = {f.name: None for f in cls.fields if f.optional and f.name not in given}
        return cls(**given, **left_off), rest

    @override
    def serialize(self) -> bytes:
        """Return the payload; ValueError for text or octets that cannot be sent."""
        return super(Record, self._without_gaps()).serialize()

    def _without_gaps(self) -> Self:
        """Return a copy in which no field is left off before one that is given."""
        gap: dict[str, Any] = {}
        filled: dict[str, Any] = {}
        for item in self.fields:
            if getattr(self, item.name) is not None:
                filled |= gap
            elif item.default is not None:
                gap[item.name] = item.default
            else:
                gap[item.name] = self.UNUSED.get(item.name, 0)
        return self.but(**filled) if filled else self

    def but(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return type(self)(**self.as_dict() | changes)

    def filled(self) -> Self:
        """Return a copy in which what the peer left off has its default."""
        return type(self)(**self.as_dict(skip_missing=True))


class Text(t.CharacterString):
    """Text after one length octet, counted in octets of UTF-8; length 0xFF reads as empty."""

    @override
    def serialize(self) -> bytes:
        octets = self.encode("utf-8")
        if len(octets) > 0xFE:  # noqa: PLR2004
            raise ValueError("the text is longer than 254 octets")
        return bytes((len(octets),)) + octets


class OctetString(t.LVBytes):
    """Octets after one length octet, 0 to 254; length 0xFF, "no value", reads as empty."""

    @override
    @classmethod
    def deserialize(cls, data: bytes) -> tuple[Self, bytes]:
        if data[:1] == b"\xff":
            return cls(), data[1:]
        octets, rest = super().deserialize(data)
        return cls(octets), rest


class Octets42(bytes):
    """42 raw octets: two 21-octet numbers of an ECDSA signature on sect163k1."""

    LENGTH = 42

    def serialize(self) -> bytes:
        """Return the octets; ValueError when there are not 42."""
        if len(self) != self.LENGTH:
            raise ValueError(f"{len(self)} octets instead of {self.LENGTH}")
        return bytes(self)

    @classmethod
    def deserialize(cls, data: bytes) -> tuple[Self, bytes]:
        """Read the octets; ValueError when there are fewer."""
        if len(data) < cls.LENGTH:
            raise ValueError("Data is too short")
        return cls(data[: cls.LENGTH]), data[cls.LENGTH :]


def field(default: object = None, *, optional: bool = False) -> Any:
    """Declare a field's default, and whether an older peer may end its frame before it."""
    return t.StructField(default=default, optional=optional)


def counted_by(name: str, mask: int = 0xFF) -> Any:
    """Declare a list that is as long as the field `name` says in the bits of `mask`."""
    return t.StructField(length=lambda record: getattr(record, name) & mask)


def command(command_id: int, payload: type[CommandSchema]) -> ZCLCommandDef:
    """Declare a command of a cluster."""
    return ZCLCommandDef(id=t.uint8_t(command_id), schema=payload)


def attribute(attribute_id: int, kind: type, access: str = "rw") -> ZCLAttributeDef:
    """Declare an attribute that may be read (r) and written (w)."""
    allowed = ZCLAttributeAccess.from_str(access)
    return ZCLAttributeDef(id=t.uint16_t(attribute_id), type=kind, access=allowed)


_UNREADABLE: Final = (ValueError, KeyError, OverflowError)  # what zigpy's types raise


def decode(kind: type[CommandSchema], payload: bytes) -> CommandSchema:
    """Read a payload; raise DecodeError with the octet at which it went wrong.

    A payload whose length is that of an older edition's form becomes that form's record.
    """
    return decode_with_rest(kind, payload)[0]


def decode_with_rest(kind: type[CommandSchema], payload: bytes) -> tuple[CommandSchema, bytes]:
    """Read a payload as `decode` does; return with it the octets behind the last known field."""
    older_forms: Mapping[int, type[CommandSchema]] = getattr(kind, "OLDER_FORMS", {})
    form = older_forms.get(len(payload), kind)
    try:
        return form.deserialize(payload)
    except _UNREADABLE as error:
        offset, name = _reached(form, payload)
        raise DecodeError(f"{form.__name__}: {name}: {error}", offset) from error


def _reached(kind: type[CommandSchema], payload: bytes) -> tuple[int, str]:
    """Return the offset and the name of the first field that cannot be read."""
    rest = payload
    read: Any = _Read()
    for item in kind.fields:
        count = {} if item.length is None else {"count": item.length(read)}
        try:
            value, left = item.type.deserialize(rest, **count)
        except _UNREADABLE:
            return len(payload) - len(_behind_items(item.type, rest)), str(item.name)
        setattr(read, item.name, value)
        rest = left
    return len(payload) - len(rest), "end"


def _behind_items(kind: Any, octets: bytes) -> bytes:
    """Return what is left behind those items of a list that can be read."""
    rest = octets
    while rest and issubclass(kind, list):
        try:
            _, rest = kind._item_type.deserialize(rest)  # noqa: SLF001  # zigpy has no other name
        except _UNREADABLE:
            break
    return rest


class _Read:
    """The fields read so far, for those which count others."""
