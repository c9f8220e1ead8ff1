"""What a frame says, as lines of text for people."""

from collections.abc import Mapping
from typing import Any

from sebridge.zcl.cluster import Clusters
from sebridge.zcl.explanation import Explanation, Part, explain


def describe(clusters: Clusters, profile_id: int, cluster_id: int, octets: bytes) -> str:
    """Return any frame in one line, for a log; what cannot be read is told with its octets."""
    explained = explain(clusters, profile_id, cluster_id, octets)
    if explained.problem:
        where = "" if explained.problem_at is None else f" at octet {explained.problem_at}"
        return f"unreadable{where} ({explained.problem}): {octets.hex()}"
    title, *lines = explanation_lines(explained)
    told = (" ".join(line.split()) for line in lines)
    return f"{title}: {'; '.join(told)}" if lines else title


def explanation_lines(explained: Explanation) -> list[str]:
    """Return what a frame says as lines: what it is, then a line for each field or attribute."""
    rows = [(part.name, _text(part)) for part in explained.fields]
    widest = max((len(name) for name, _ in rows), default=0)
    lines = [f"  {name:<{widest}}  {text}" for name, text in rows]
    if explained.rest:
        lines.append(f"  and unknown octets: {explained.rest.hex()}")
    return [_title(explained), *lines]


def _title(explained: Explanation) -> str:
    header = {part.name: part for part in explained.header}
    told = [f"sequence {header['sequence'].value}"]
    if "frame_control" in header:
        control = {part.name: part for part in header["frame_control"].parts}
        told.insert(0, control["direction"].meaning)
        if "manufacturer_code" in header:
            told.append(f"manufacturer 0x{header['manufacturer_code'].value:04X}")
        if control["disable_default_response"].value:
            told.append("no default response")
    return f"{explained.cluster} {explained.command} ({', '.join(told)})"


def _text(part: Part) -> str:
    if part.parts:
        inside = (f"{one.name} {_text(one)}".lstrip() for one in part.parts)
        return ", ".join(inside)
    shown = _shown(part.value)
    return f"{shown} ({part.meaning})" if part.meaning else shown


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_shown(item) for item in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name} {_shown(item)}' for name, item in value.items())}}}"
    return repr(value) if isinstance(value, str) else str(value)
