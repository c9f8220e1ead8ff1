#!/usr/bin/env python
"""Write sebridge/zcl/declared_by_zigpy.py: the clusters and attributes that zigpy declares.

    script/read_zigpy.py [--check]

Run it after zigpy was updated, and read what changed: the names are part of MQTT topics, so a name
that was there must not become another.
"""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
import sys
from typing import Any, Final

from zigpy.zcl import Cluster
import zigpy.zcl.clusters

TARGET: Final = Path(__file__).resolve().parent.parent / "sebridge/zcl/declared_by_zigpy.py"

NAMES_ON_TOPICS: Final = {
    0x0700: "price",
    0x0701: "drlc",
    0x0703: "messaging",
    0x0704: "tunneling",
    0x0705: "prepayment",
}
"""Clusters of which zigpy has nothing but the name; their topics have had another all along."""

_HEAD: Final = '''\
"""Clusters and their attributes as zigpy {version} declares them. Data only.

Written by script/read_zigpy.py. A cluster is `= identifier name`, and below it an attribute is
`identifier name type access`.
"""

from typing import Final

DECLARED: Final = """\\
'''


def clusters() -> dict[int, type[Cluster]]:
    """Return the clusters that zigpy itself declares, by identifier."""
    found = vars(Cluster)["_registry"]
    own = zigpy.zcl.clusters.__name__
    return {int(number): kind for number, kind in found.items() if kind.__module__.startswith(own)}


def _access(attribute: Any) -> str:
    words = str(attribute.access).partition(".")[2].split("|")
    return ("r" if "Read" in words else "") + (
        "w" if any("Write" in word for word in words) else ""
    )


def _lines() -> Iterator[str]:
    for number, kind in sorted(clusters().items()):
        yield f"= 0x{number:04X} {NAMES_ON_TOPICS.get(number, kind.ep_attribute)}"
        for attribute_id, attribute in sorted(kind.attributes.items()):
            type_name = attribute.zcl_type.name.rstrip("_")
            yield f"0x{attribute_id:04X} {attribute.name} {type_name} {_access(attribute) or '-'}"


def module() -> str:
    """Return the text of the module."""
    return _HEAD.format(version=version("zigpy")) + "\n".join(_lines()) + '\n"""\n'


def main() -> int:
    """Write the module, or with --check say whether it is outdated."""
    is_current = TARGET.exists() and TARGET.read_text() == module()
    if "--check" in sys.argv[1:]:
        return 0 if is_current else 1
    TARGET.write_text(module())
    return 0


if __name__ == "__main__":
    sys.exit(main())
