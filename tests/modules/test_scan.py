"""Which classes of a module are of use."""

from pathlib import Path
import textwrap

import pytest

from sebridge.modules.class_table import Kind
from sebridge.modules.loader import Loader
from sebridge.modules.scan import classes_of
from tests.modules.user_code import COUNTER, LAMP, write


def found_in(directory: Path, code: str) -> dict[Kind, list[str]]:
    write(directory, "mine", code)
    loader = Loader(directory)
    module = loader.load("mine")
    found = classes_of(module, "mine")
    loader.unload(module)
    return {kind: [known.name for known in classes] for kind, classes in found.items()}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (COUNTER, {Kind.INTERFACE: ["Counter"]}),
        (LAMP, {Kind.CLUSTER: ["LampServer"], Kind.ENDPOINT: ["LampEndpoint"]}),
        (
            """
            from dataclasses import dataclass
            import zigpy.types as t
            from sebridge.zcl.record import Record
            @dataclass(frozen=True, slots=True)
            class WateringRecord:
                bed: str
            class Sent(Record):
                number: t.uint8_t
            """,
            {Kind.RECORD: ["WateringRecord", "Sent"]},
        ),
    ],
    ids=["interface", "endpoint and cluster", "records"],
)
def test_classes_are_found_by_what_they_are(
    tmp_path: Path, code: str, found: dict[Kind, list[str]]
) -> None:
    assert found_in(tmp_path, code) == found


def test_what_is_private_imported_or_of_no_use_is_left_alone(tmp_path: Path) -> None:
    code = textwrap.dedent(COUNTER) + textwrap.dedent("""
        from sebridge.features.basic.cluster import BasicServer
        from sebridge.modules.endpoint_class import EndpointClass
        class _Hidden(Counter): pass
        class Plain: pass
        class NoRecord: pass
        Again = Counter
    """)

    assert found_in(tmp_path, code) == {Kind.INTERFACE: ["Counter"]}


def test_a_found_class_says_where_it_is_from(tmp_path: Path) -> None:
    write(tmp_path, "counter", COUNTER)
    loader = Loader(tmp_path)
    module = loader.load("counter")

    (known,) = classes_of(module, "counter")[Kind.INTERFACE]

    assert (known.module, known.owner, known.description) == ("counter", "counter", "Counts.")
    assert known.make is module.Counter
    loader.unload(module)
