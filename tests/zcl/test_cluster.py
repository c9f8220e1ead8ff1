"""Our commands and attributes beside the reference of the clusters."""

from collections.abc import Iterator
import re
from typing import Any

import pytest

from sebridge.app.clusters import CLUSTERS
from sebridge.features.cover.records import COVER_CLUSTER
from sebridge.features.ias_zone.records import ZONE_CLUSTER
from sebridge.features.light.records import COLOR_CLUSTER, LEVEL_CLUSTER
from sebridge.features.messaging.records import MESSAGING_CLUSTER, CancelledMessageRecord
from sebridge.features.metering.records import RequestFastPollModeRecord
from sebridge.features.price.records import PRICE_CLUSTER, PublishPriceRecord
from sebridge.features.thermostat.records import DEFINITION as THERMOSTAT
from sebridge.model.data_types import Integer
from sebridge.model.shape import Listing, Plain, fields_of, form_of, shape_of
from sebridge.zcl.cluster import AttributeDefinition, ClusterDefinition, table_of
from tests.reference_files import reference

REFERENCE: dict[str, Any] = reference("se_clusters.yaml")
ITEMS: dict[str, list[dict[str, Any]]] = REFERENCE["items"]
# the records of the RPC reference have spellings of their own
NAMES = {
    "current_time": "utc_time",
    "alternate_cost_delivered": "alternate_cost_deliverd",
}
# what stands in our table and not in the reference, and why
MORE_FIELDS = {
    ("configure_notification_flags", "further_allocations"): "a frame may name several clusters",
}
# fields whose type is not that of the reference, and why
OTHER_TYPES = {
    ("report_event_status", "average_load_adjustment_percentage_applied"): (
        "the RPC reference counts it from 0 to 255"
    ),
}
MORE_ATTRIBUTES = {"cluster_revision", "reporting_status"}  # zigpy adds them to every cluster
BITS = {"utc": 32, "bool": 8}
OF_HOME_AUTOMATION = {
    (0x0003, False, "trigger_effect"),  # of lamps
    (0x0006, False, "off"),
    (0x0006, False, "on"),
    (0x0006, False, "toggle"),
    *((0x0008, False, command.name) for command in LEVEL_CLUSTER.commands),
    *((0x0102, False, command.name) for command in COVER_CLUSTER.commands),
    *((0x0201, command.from_server, command.name) for command in THERMOSTAT.commands),
    *((0x0300, False, command.name) for command in COLOR_CLUSTER.commands),
    *((0x0500, command.from_server, command.name) for command in ZONE_CLUSTER.commands),
}
"""Commands that no device of Smart Energy has."""
TYPE_NAMES = {"utc": "UTC"}


def entries(side: str) -> Iterator[Any]:
    for cluster_id, cluster in REFERENCE["clusters"].items():
        for entry in cluster[side]:
            name = f"{cluster['name']} {entry['name']}"
            yield pytest.param(CLUSTERS[cluster_id], entry, id=name)


# ------------------------------------------------------------------ commands


@pytest.mark.parametrize(("cluster", "entry"), list(entries("client_to_server_commands")))
def test_a_command_of_a_client_is_that_of_the_reference(
    cluster: ClusterDefinition, entry: dict[str, Any]
) -> None:
    check_command(cluster, entry, from_server=False)


@pytest.mark.parametrize(("cluster", "entry"), list(entries("server_to_client_commands")))
def test_a_command_of_a_server_is_that_of_the_reference(
    cluster: ClusterDefinition, entry: dict[str, Any]
) -> None:
    check_command(cluster, entry, from_server=True)


def check_command(cluster: ClusterDefinition, entry: dict[str, Any], *, from_server: bool) -> None:
    command = cluster.named(entry["name"], from_server=from_server)

    assert command is not None
    assert command.command_id == entry["id"]
    fields = [
        item for item in fields_of(command.record) if (entry["name"], item.name) not in MORE_FIELDS
    ]
    names = [NAMES.get(field["name"], field["name"]) for field in entry["fields"]]
    assert [item.name for item in fields] == names
    for item, field in zip(fields, entry["fields"], strict=True):
        if (entry["name"], item.name) not in OTHER_TYPES:
            check_type(item.kind, field["type"])
        assert item.may_be_left_off == (field.get("opt") == "trail")


def check_type(kind: Any, wanted: str) -> None:
    form, shape = form_of(kind), shape_of(kind)
    if wanted.startswith("array:"):
        assert isinstance(shape, Listing)
        check_items(shape.items, wanted.split(":")[1])
    elif wanted in {"octstr", "string", "rest"} or wanted.startswith("octets:"):
        assert shape in {Plain.TEXT, Plain.OCTETS}
    else:
        assert isinstance(form, Integer)
        assert form.bits == BITS.get(wanted, int(re.sub(r"\D", "", wanted) or 0))
        assert form.signed == wanted.startswith("int")


def check_items(kind: Any, name: str) -> None:
    fields = ITEMS.get(name)
    if fields is None:
        assert (name, form_of(kind)) == ("u48", Integer(48))
    elif len(fields) == 1:
        check_type(kind, fields[0]["type"])
    else:
        declared = fields_of(kind)
        assert [item.name for item in declared] == [field["name"] for field in fields]
        for item, field in zip(declared, fields, strict=True):
            check_type(item.kind, field["type"])


def test_no_cluster_has_a_command_that_the_reference_lacks() -> None:
    sides = {True: "server_to_client_commands", False: "client_to_server_commands"}
    known = {
        (cluster_id, from_server, entry["name"])
        for cluster_id, cluster in REFERENCE["clusters"].items()
        for from_server, side in sides.items()
        for entry in cluster[side]
    }

    ours = {
        (cluster.cluster_id, command.from_server, command.name)
        for cluster in CLUSTERS.values()
        for command in cluster.commands
    }

    assert ours == known | OF_HOME_AUTOMATION


def test_fast_poll_has_its_record() -> None:
    ours = CLUSTERS[0x0702].named("request_fast_poll_mode", from_server=False)

    assert ours is not None
    assert ours.record is RequestFastPollModeRecord


# ------------------------------------------------------------------ attributes


@pytest.mark.parametrize("cluster_id", list(REFERENCE["clusters"]))
@pytest.mark.parametrize("of_server", [True, False])
def test_the_attributes_are_those_of_the_reference(cluster_id: int, of_server: bool) -> None:  # noqa: FBT001  # a parameter of the test
    side = "server_attributes" if of_server else "client_attributes"
    wanted = dict(
        one for entry in REFERENCE["clusters"][cluster_id][side] for one in expanded(entry)
    )

    ours = {
        number: shown(item)
        for number, item in CLUSTERS[cluster_id].attributes(of_server=of_server).items()
        if item.name not in MORE_ATTRIBUTES
    }

    if cluster_id in {0x0000, 0x0003}:  # zigpy's, with what later editions added
        assert ours.keys() >= wanted.keys() - {0x0001}  # one source alone has Identify's second
    else:
        assert ours == wanted


def expanded(entry: dict[str, Any]) -> Iterator[tuple[int, tuple[str, str, bool]]]:
    """Give id, name, type and whether it may be written of an attribute or its whole family."""
    kind, writable = TYPE_NAMES.get(entry["type"], entry["type"]), "W" in entry["access"]
    places = [(n, m) for n in numbers(entry, "n") for m in numbers(entry, "m")]
    for n, m in places:
        first, *steps = entry["id"].split(" + ")
        number = int(first, 16)
        for step in steps:
            factor, letter, start = re.fullmatch(r"(\d+)\*\(([nm])-(\d+)\)", step).groups()  # type: ignore[union-attr]
            number += int(factor) * ((n if letter == "n" else m) - int(start))
        yield number, (entry["name"].format(n=n, m=m), kind, writable)


def numbers(entry: dict[str, Any], letter: str) -> range:
    first, last = (int(number) for number in entry.get(letter, "0..0").split(".."))
    return range(first, last + 1)


def shown(item: AttributeDefinition) -> tuple[str, str, bool]:
    return item.name, item.data_type.name, item.is_writable


def test_the_price_cluster_has_more_than_a_thousand_attributes() -> None:
    assert len(CLUSTERS[0x0700].attributes(of_server=True)) == 1028


def test_the_clusters_that_we_serve_are_the_ones_in_the_table() -> None:
    price = CLUSTERS[0x0700].find(0x00, from_server=True)

    assert price is not None
    assert price.record is PublishPriceRecord
    assert CLUSTERS[0x0700] is PRICE_CLUSTER
    assert CLUSTERS[0x0703].cluster_id == MESSAGING_CLUSTER.cluster_id


def test_a_record_tells_the_number_of_its_command() -> None:
    assert PRICE_CLUSTER.command_id(PublishPriceRecord, from_server=True) == 0x00
    assert MESSAGING_CLUSTER.command_id(CancelledMessageRecord, from_server=True) == 0x00
    with pytest.raises(TypeError, match="no client of cluster price sends a PublishPriceRecord"):
        PRICE_CLUSTER.command_id(PublishPriceRecord, from_server=False)


def test_two_clusters_cannot_have_one_id() -> None:
    with pytest.raises(ValueError, match="two clusters have the id 0x0700"):
        table_of((PRICE_CLUSTER, MESSAGING_CLUSTER, PRICE_CLUSTER))


def test_an_older_form_is_known_by_its_record() -> None:
    cluster = CLUSTERS[0x0700]
    command = cluster.find(0x01, from_server=True)
    assert command is not None

    record = command.record.deserialize(bytes(16))

    assert cluster.form_of(command, record).name == "publish_block_period_se11"
    assert cluster.form_of(command, command.record.deserialize(bytes(19))) is command
    assert cluster.find(0x7F, from_server=True) is None
