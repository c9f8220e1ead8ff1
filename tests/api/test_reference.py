"""Our methods against the reference: names, what may be left out, defaults, response fields."""

import dataclasses
import inspect
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import yaml

from sebridge.api.attributes import AttributeMethods
from sebridge.api.binding import BindingMethods
from sebridge.api.clock_time import TimeMethods
from sebridge.api.devices import DeviceMethods
from sebridge.api.drlc import DRLCMethods
from sebridge.api.gateway import GatewayMethods
from sebridge.api.identify import IdentifyMethods
from sebridge.api.messaging import MessagingMethods
from sebridge.api.network import NetworkMethods
from sebridge.api.price import PriceMethods
from sebridge.api.radio_settings import RadioMethods
from sebridge.api.raw_zcl import RawZclMethods
from sebridge.api.reporting import ReportingMethods
from sebridge.api.reporting_configurations import ReportingConfigurationMethods
from sebridge.base.values import ABSENT, plain
from sebridge.devices.descriptors import (
    Node_Desc_rsp,
    Power_Desc_rsp,
    Simple_Desc_rsp,
    ZDODeviceRecord,
)
from sebridge.smartenergy import drlc, messaging, price
from sebridge.zcl import general, reporting

_REFERENCE = Path(__file__).parents[1] / "reference"
_MESSAGES = {
    message["name"]: message
    for message in yaml.safe_load((_REFERENCE / "rpc.yaml").read_text())["messages"]
}
_RECORDS = {
    record["name"]: record
    for record in yaml.safe_load((_REFERENCE / "records.yaml").read_text())["records"]
}
OURS_ALONE = {"set_timezone", "clear_timezone"}
"""Methods whose parameters the reference leaves open (N18)."""

_CHAPTERS = (
    GatewayMethods,
    TimeMethods,
    DeviceMethods,
    RadioMethods,
    NetworkMethods,
    AttributeMethods,
    BindingMethods,
    IdentifyMethods,
    RawZclMethods,
    ReportingMethods,
    ReportingConfigurationMethods,
    PriceMethods,
    DRLCMethods,
    MessagingMethods,
)
_METHODS = {
    name: function
    for chapter in _CHAPTERS
    for name, function in vars(chapter).items()
    if hasattr(function, "__rpc_method__") and name not in OURS_ALONE
}
_OURS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        ZDODeviceRecord,
        Node_Desc_rsp,
        Power_Desc_rsp,
        Simple_Desc_rsp,
        general.ReadAttributeRecord,
        general.ReadAttributeStatusRecord,
        general.WriteAttributeRecord,
        general.WriteAttributeResponseRecord,
        general.AttributeInformationRecord,
        general.AttributeReportRecord,
        general.ZCL_ArrayRecord,
        reporting.AttributeReportingConfigurationRecord,
        reporting.AttributeReportingConfigurationResponseRecord,
        reporting.ReadReportingConfigurationRecord,
        reporting.ReadReportingConfigurationResponseRecord,
        reporting.StopReportingRecord,
        reporting.StopReportingStatusRecord,
        reporting.LocalReportingConfigurationRecord,
        drlc.LoadControlEventRecord,
        drlc.CancelLoadControlEventRecord,
        drlc.CancelAllLoadControlEventsRecord,
        drlc.ReportEventStatusRecord,
        drlc.GetScheduledEventsRecord,
        messaging.DisplayMessageRecord,
        messaging.CancelMessageRecord,
        messaging.MessageConfirmationRecord,
        price.PublishPriceRecord,
        price.GetScheduledPricesRecord,
    )
}

# ------------------------------------------------------------------ where we differ, and why

_REASON = "additional: says why the status is not 0"
_LATER = "of SE 1.1 and later; sent and shown only where it is given"

_EITHER_NAME = "quirk Z3: both requests take both names"

OUR_ADDITIONS = {
    ("get_time", "response", "offset"): "how far the network's time is from it, as of 1.5",
    ("configure_zigbee_network", "request", "join_attempt_interval"): _EITHER_NAME,
    ("configure_zigbee_network", "request", "eui"): "quirk Z3: ignored",
    ("get_zigbee_network_configuration", "request", "join_interval"): _EITHER_NAME,
    ("get_zigbee_network_configuration", "request", "link_key"): "quirk Z3: as the other request",
    ("create_price_event", "response", "reason"): _REASON,
    ("create_DRLC_event", "response", "reason"): _REASON,
    ("create_message_event", "response", "reason"): _REASON,
    ("get_message_events", "request", "server_or_client"): "quirk M6: accepted as an extension",
    ("get_DRLC_events", "response", "cluster_id"): "quirk D3: as in get_price_events_response",
    ("get_DRLC_events", "response", "server_or_client"): "quirk D3",
    ("PublishPriceRecord", "field", "unit_of_measure"): "quirk P11: the payload carries it",
    ("PublishPriceRecord", "field", "number_of_block_thresholds"): _LATER,
    ("PublishPriceRecord", "field", "price_control"): _LATER,
    ("PublishPriceRecord", "field", "number_of_generation_tiers"): _LATER,
    ("PublishPriceRecord", "field", "generation_tier"): _LATER,
    ("PublishPriceRecord", "field", "extended_number_of_price_tiers"): _LATER,
    ("PublishPriceRecord", "field", "extended_price_tier"): _LATER,
    ("PublishPriceRecord", "field", "extended_register_tier"): _LATER,
    ("DisplayMessageRecord", "field", "extended_message_control"): _LATER,
    ("MessageConfirmationRecord", "field", "message_confirmation_control"): _LATER,
    ("MessageConfirmationRecord", "field", "message_confirmation_response"): _LATER,
    ("GetScheduledEventsRecord", "field", "issuer_event_id"): _LATER,
}
OUR_OMISSIONS = {
    ("DisplayMessageRecord", "field", "cancel_message_control"): (
        "only a Messaging client shows it, and the gateway is a server"
    ),
}


def _differences(
    subject: str, part: str, ours: set[str], theirs: set[str]
) -> tuple[set[str], set[str]]:
    """Return what we have too much and too little, beside what the tables explain."""
    more = {name for name in ours - theirs if (subject, part, name) not in OUR_ADDITIONS}
    fewer = {name for name in theirs - ours if (subject, part, name) not in OUR_OMISSIONS}
    return more, fewer


def _parameters(name: str) -> dict[str, inspect.Parameter]:
    found = dict(inspect.signature(_METHODS[name]).parameters)
    del found["self"]
    return found


def _response_fields(name: str) -> dict[str, dataclasses.Field[Any]]:
    kind = get_type_hints(_METHODS[name])["return"]
    if kind is type(None):
        return {}
    return {field.name: field for field in dataclasses.fields(kind)}


def _response_parameters(name: str) -> list[dict[str, Any]]:
    """Return the parameters of a response; none where there is no response at all."""
    response = _MESSAGES[name]["response"]
    found: list[dict[str, Any]] = [] if response is None else response["parameters"]
    return found


def _default(parameter: inspect.Parameter) -> object:
    if parameter.default in {inspect.Parameter.empty, ABSENT}:
        return None
    return plain(parameter.default)


# ------------------------------------------------------------------ methods

methods = pytest.mark.parametrize("name", sorted(_METHODS))


def test_all_methods_are_there() -> None:
    wanted = """
        get_version help get_time registry_configuration get_device_information exit set_time
        resync_time refresh_device_information xbee_AT configure_zigbee_network leave_network
        get_zigbee_network_configuration
        get_zigbee_network_status enable_joining add_device remove_device identify read_attributes
        create_price_event get_price_events cancel_all_price_events create_DRLC_event
        get_DRLC_events cancel_DRLC_event cancel_all_DRLC_events create_message_event
        get_message_events cancel_message_event
        write_attributes discover_attributes start_receiving_reports stop_receiving_reports
        stop_sending_reports get_local_reporting_configurations read_reporting_configuration
        send_ZCL bind unbind
    """

    assert set(_METHODS) == set(wanted.split())


@methods
def test_the_parameters_are_those_of_the_reference(name: str) -> None:
    theirs = {parameter["name"] for parameter in _MESSAGES[name]["request"]}

    assert _differences(name, "request", set(_parameters(name)), theirs) == (set(), set())


@methods
def test_what_may_be_left_out_may_be_left_out(name: str) -> None:
    ours = _parameters(name)

    for parameter in _MESSAGES[name]["request"]:
        required = ours[parameter["name"]].default is inspect.Parameter.empty

        assert required == parameter["required"], parameter["name"]


@methods
def test_the_defaults_are_those_of_the_reference(name: str) -> None:
    ours = _parameters(name)

    for parameter in _MESSAGES[name]["request"]:
        assert _default(ours[parameter["name"]]) == parameter.get("default"), parameter["name"]


@methods
def test_the_response_has_the_fields_of_the_reference(name: str) -> None:
    theirs = {parameter["name"] for parameter in _response_parameters(name)}

    assert _differences(name, "response", set(_response_fields(name)), theirs) == (set(), set())


@methods
def test_what_a_response_always_has_cannot_be_absent(name: str) -> None:
    ours = _response_fields(name)

    for parameter in _response_parameters(name):
        if parameter["required"]:
            assert ours[parameter["name"]].default is not ABSENT, parameter["name"]


@methods
def test_every_method_explains_itself(name: str) -> None:
    assert len(inspect.cleandoc(_METHODS[name].__doc__ or "")) > 20


# ------------------------------------------------------------------ records

records = pytest.mark.parametrize("name", sorted(_OURS))
wire_records = pytest.mark.parametrize(
    "name", sorted(name for name, kind in _OURS.items() if not dataclasses.is_dataclass(kind))
)


def _fields(name: str) -> set[str]:
    kind = _OURS[name]
    if dataclasses.is_dataclass(kind):
        return {field.name for field in dataclasses.fields(kind)}
    return {field.name for field in kind.fields}


@records
def test_a_record_has_the_fields_of_the_reference(name: str) -> None:
    theirs = {field["name"] for field in _RECORDS[name]["fields"]}

    assert _differences(name, "field", _fields(name), theirs) == (set(), set())


@wire_records
def test_a_record_without_optional_values_has_the_defaults_of_the_reference(name: str) -> None:
    theirs = _RECORDS[name]["fields"]
    needed = {
        field["name"]: "" if field["type"] == "string" else 1
        for field in theirs
        if field["required"]
    }

    record = plain(_OURS[name](**needed))

    for field in theirs:
        if "default" in field:
            assert record[field["name"]] == field["default"], field["name"]


@pytest.mark.parametrize(
    "name",
    ["WriteAttributeRecord", "AttributeReportingConfigurationRecord"],
)
def test_what_may_be_left_out_of_a_given_record_has_the_default_of_the_reference(name: str) -> None:
    ours = {field.name: field for field in dataclasses.fields(_OURS[name])}

    for field in _RECORDS[name]["fields"]:
        expected = field.get("default", dataclasses.MISSING)
        assert ours[field["name"]].default == expected, field["name"]


@records
def test_the_fields_of_a_record_have_the_order_of_the_reference(name: str) -> None:
    theirs = [field["name"] for field in _RECORDS[name]["fields"]]
    kind = _OURS[name]
    fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else kind.fields
    ours = [field.name for field in fields]

    assert [name for name in ours if name in theirs] == [name for name in theirs if name in ours]


def test_every_difference_is_one() -> None:
    for subject, part, name in OUR_ADDITIONS:
        if part == "field":
            assert name in _fields(subject)
            assert name not in {field["name"] for field in _RECORDS[subject]["fields"]}
        else:
            message = _MESSAGES[subject]
            listed = message["request"] if part == "request" else message["response"]["parameters"]
            ours = _parameters(subject) if part == "request" else _response_fields(subject)
            assert name in ours
            assert name not in {parameter["name"] for parameter in listed}
    for subject, _, name in OUR_OMISSIONS:
        assert name not in _fields(subject)
