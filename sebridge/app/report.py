"""The file of a support report: its parts in a zip, none of them with a secret."""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
import io
import json
import platform
import sys
from typing import Any, Final

from sebridge import __version__
from sebridge.api.log import LogLine
from sebridge.app.catalogue import library_versions
from sebridge.base.clock import iso_time
from sebridge.base.secret import Secret
from sebridge.model.values import ABSENT
from sebridge.settings.options import Options
from sebridge.settings.shown import MASK, secrets_of, shown_options

LARGEST_PART: Final = 512 * 1024  # octets
LARGEST: Final = 2 * 1024 * 1024
"""Octets of all parts together before they are compressed, so the file has less."""

CONFIGURATION: Final = "configuration.json"

_SHORTEST_SECRET: Final = 4  # characters: with fewer, half of all text would be asterisks
_WORDS: Final = """\
A report of sebridge {version}, gateway {name}, made at {time}.

It is for people who help. There is no key, code, password or token in it; there are addresses and
names of devices, host names and names of files. Look through it before you make it public.
Configuration and frames are in it where who made it may see them.
{remarks}"""


def report_of(
    options: Options, parts: Mapping[str, Any], now: float, remarks: Sequence[str] = ()
) -> bytes:
    """Return the octets of the zip file.

    `parts` are texts, or values that JSON has, by the names of their files. One that is too large
    is left out, and `about.txt` says so, as it does the `remarks`. Texts are searched for the
    secrets of the options before.
    """
    hide = _hiding(list(secrets_of(options)))
    notes, room, files = list(remarks), LARGEST, dict[str, bytes]()
    for name, part in parts.items():
        octets = _octets(hide(part))
        if len(octets) > min(LARGEST_PART, room):
            notes.append(f"{name} is left out: it has {len(octets)} octets.")
        else:
            files[name] = octets
            room -= len(octets)
    about = _WORDS.format(
        version=__version__,
        name=options.gateway.name,
        time=iso_time(now),
        remarks="".join(f"\n{note}\n" for note in notes),
    )
    return _zipped({"about.txt": about.encode()} | files, now)


def configuration_part(options: Options) -> list[dict[str, Any]]:
    """Return all keys of the configuration with their values, without secrets."""
    return [
        {"key": one.key, "value": one.value, "is_default": one.is_default}
        for one in shown_options(options)
    ]


def versions_part() -> dict[str, Any]:
    """Return what the bridge runs on: the system, Python, its libraries."""
    try:
        system = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:  # it is no such system
        system = ""
    return {
        "sebridge": __version__,
        "python": sys.version,
        "system": system,
        "kernel": platform.release(),
        "machine": platform.machine(),
        "libraries": dict(library_versions()),
    }


def log_text(lines: Iterable[LogLine]) -> str:
    """Return the newest records that have room, the oldest first, each on a line of its own."""
    room, kept = LARGEST_PART, list[str]()
    for line in reversed(list(lines)):
        moment = datetime.fromtimestamp(line.time, UTC).isoformat(timespec="milliseconds")
        text = f"{moment} {line.level} {line.name}: {line.message}\n"
        if line.trace is not ABSENT:
            text += f"{line.trace}\n"
        room -= len(text.encode(errors="backslashreplace"))
        if room < 0:
            break
        kept.append(text)
    return "".join(reversed(kept))


def file_name(gateway: str, what: str, now: float, ending: str) -> str:
    """Return the name of a file of a gateway, such as home-report-20261130-011500.zip."""
    return f"{gateway}-{what}-{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}.{ending}"


def _octets(part: Any) -> bytes:
    text = part if isinstance(part, str) else json.dumps(part, indent=1, ensure_ascii=False)
    return text.encode(errors="backslashreplace")


def _zipped(files: Mapping[str, bytes], now: float) -> bytes:
    moment = datetime.fromtimestamp(now, UTC).timetuple()[:6]
    target = io.BytesIO()
    # much to have in memory, and hardly ever needed
    import zipfile  # noqa: PLC0415

    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in files.items():
            archive.writestr(zipfile.ZipInfo(name, moment), octets, zipfile.ZIP_DEFLATED)
    return target.getvalue()


# ------------------------------------------------------------------ a last look for secrets


def _hiding(secrets: Iterable[Secret]) -> Callable[[Any], Any]:
    """Return what puts asterisks in the place of secrets, whatever part they got into."""
    forms = [form for secret in secrets for form in _forms(secret.reveal())]

    def hide(value: Any) -> Any:
        if isinstance(value, str):
            for form in forms:
                value = value.replace(form, MASK)
            return value
        if isinstance(value, Mapping):
            return {hide(name): hide(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [hide(item) for item in value]
        return value

    return hide


def _forms(octets: bytes) -> Iterator[str]:
    """Yield how a secret may be written."""
    if len(octets) < _SHORTEST_SECRET:
        return
    yield octets.decode("latin-1")
    yield octets.decode(errors="backslashreplace")
    for order in (octets, octets[::-1]):
        yield order.hex()
        yield order.hex().upper()
        yield (whole := base64.b64encode(order).decode())
        yield whole.rstrip("=")
