"""Where our code differs from the RPC reference on purpose: what it says instead, and why.

A key is that of a fact (see `reference`). An entry that is no difference any more, or another one,
makes a test fail. Letters with a number, such as D3, are quirks of the reference; N with a number
is a decision about one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.completeness.reference import Key

NOTHING: Final = "nothing"
"""What is said of something that is not there."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What our code declares, and why it is not what the reference has."""

    ours: str
    reason: str


def _all(keys: Mapping[Key, str], reason: str) -> dict[Key, Difference]:
    """Return several differences that have the same reason."""
    return {key: Difference(ours, reason) for key, ours in keys.items()}


def _own(part: str, ours: str, names: str, reason: str) -> dict[Key, Difference]:
    """Return subjects of ours, which the reference does not have at all."""
    return _all({(name, part, ""): ours for name in names.split()}, reason)


_ANSWERS: Final = {
    **_all(
        {
            (name, "response", "reason"): "string, sometimes"
            for name in ("create_price_event", "create_DRLC_event", "create_message_event")
        },
        "additional: says why the status is not 0",
    ),
    **_all(
        {
            ("get_DRLC_events", "response", "endpoint_id"): "int, always",
            ("get_DRLC_events", "response", "cluster_id"): "int, always",
            ("get_DRLC_events", "response", "server_or_client"): "int, always",
        },
        "D3: always, and with all that get_price_events_response has",
    ),
    ("get_message_events", "request", "server_or_client"): Difference(
        "int, optional", "M6: accepted as an extension"
    ),
    ("get_current_price_event", "response", "source_endpoint_id"): Difference(
        "int, always", "P6: beside endpoint_id, as in all sister responses"
    ),
    ("read_reporting_configuration", "response", "remote_configuration"): Difference(
        "bool, always", "C13: sent always"
    ),
    ("send_ZCL", "request", "payload"): Difference(
        "base16|dict of any|list of dict of any, required",
        "a record is an object that names its class; base64 comes as octets like base16",
    ),
    ("send_ZCL", "response", "payload"): Difference(
        "base16, sometimes",
        "octets, written as base64 where the request had it; none after a broadcast",
    ),
    **_all(
        {
            ("send_ZCL", "response", "command_identifier"): "int, sometimes",
            ("send_ZCL", "response", "command_type"): "int, sometimes",
            ("send_ZCL", "response", "answered"): "bool, sometimes",
            ("write_attributes", "response", "answered"): "bool, sometimes",
        },
        "own extension: broadcasts, which nobody answers",
    ),
    ("registry_configuration", "request", "value"): Difference(
        "any, optional", "S5: the setting itself converts it, and says what is wrong with it"
    ),
    ("registry_configuration", "response", "value"): Difference(
        "bool|float|int|none|string, always", "S5: a refused value comes back, and may be a float"
    ),
    ("get_responses", "response", "(responses)"): Difference(
        NOTHING, "the XML interface writes the stored documents; others get a list of them"
    ),
    ("get_responses", "response", "responses"): Difference(
        "list of dict(document string, name string, number dict(second int, sequence int)), always",
        "what callers get who speak JSON, where XML has the documents themselves",
    ),
}

_SECTIONS: Final = ("methods", "interfaces", "endpoints", "clusters", "records")
_DESCRIBED: Final = "list of dict(description string, module string, name string)"
_DESCRIBED_METHOD: Final = (
    "list of dict(description string, interface string, module string, name string)"
)
_DESCRIBED_SETTING: Final = (
    "list of dict(description string, name string, value bool|float|int|none|string)"
)

_HELP: Final = {
    **_all(
        {("help", "request", name): "any, optional" for name in (*_SECTIONS, "registry", "paths")},
        "any value asks for the section, as not every caller can send an empty element",
    ),
    **_all(
        {("help", "response", name): f"{_DESCRIBED}|none, sometimes" for name in _SECTIONS}
        | {
            ("help", "response", "paths"): "list of string|none, sometimes",
            ("help", "response", "methods"): f"{_DESCRIBED_METHOD}|none, sometimes",
            ("help", "response", "registry"): f"{_DESCRIBED_SETTING}|none, sometimes",
        },
        "G4, N13: the sections are named, without their contents, where none is asked for; a"
        " method also with its interface, by which consoles group them",
    ),
}

_KEYS: Final = _all(
    {
        (name, "request", key): "any, optional"
        for name in (
            "add_device",
            "configure_zigbee_network",
            "get_zigbee_network_configuration",
        )
        for key in ("link_key", "installation_code")
    },
    "Z9: int, base16, base64 and string for both, read where no error can show the value",
)

_NETWORK: Final = {
    **_all(
        {
            ("configure_zigbee_network", "request", "join_attempt_interval"): "int, optional",
            ("configure_zigbee_network", "request", "eui"): "MAC, optional",
            ("get_zigbee_network_configuration", "request", "join_interval"): "int, optional",
        },
        "Z3: one method under two names takes the parameters of both",
    ),
    ("get_zigbee_network_status", "response", "extended_pan_id"): Difference(
        "base16, always", "the reference leaves the choice between int and base16"
    ),
    ("xbee_AT", "request", "value"): Difference(
        "any, optional", "Z10: int, base16 or base64, read where no error can show the value"
    ),
    ("xbee_AT", "response", "value"): Difference(
        "any, sometimes", "Z10, N22: of the type of the request; base16 above 8 octets"
    ),
}

_DAYLIGHT: Final = ("time_zone", "dst_start", "dst_end", "dst_shift")

_TIME: Final = {
    ("get_time", "response", "offset"): Difference(
        "int, sometimes", "N20: the answer is the system's time; this is how far the network's is"
    ),
    **_all(
        {("set_timezone", "request", name): "int, optional" for name in _DAYLIGHT}
        | {
            (method, "response", name): "int, always"
            for method in ("set_timezone", "clear_timezone")
            for name in (*_DAYLIGHT, "local_time")
        }
        | {
            ("set_timezone", "request", "name"): "string, optional",
            ("set_timezone", "response", "name"): "string, sometimes",
            ("clear_timezone", "response", "name"): "string, sometimes",
        },
        "N18: of our own design, as the reference names the requests only",
    ),
}

_MESSAGES: Final = {
    **_all(
        {
            ("received_attribute_report_collection", "message", name): said
            for name, said in (
                *(("cluster_id", "int, always"), ("server_or_client", "int, always")),
                *(("profile_id", "int, always"), ("source_endpoint_id", "int, always")),
                ("destination_endpoint_id", "int, sometimes"),
                ("source_address", "MAC, sometimes"),
                ("manufacturer_code", "int, sometimes"),
                ("record_list", "list of AttributeReportRecord, always"),
            )
        },
        "C3, N18: of our own design, as the reference names the message only",
    ),
    ("message", "message", "description"): Difference("string, always", "ours always has a text"),
    ("message", "message", "(various)"): Difference(
        NOTHING, "which parameters these are depends on the message; ours is `status`"
    ),
    ("message", "message", "status"): Difference("int, sometimes", "one of the various"),
    ("received_message_confirmation", "message", "destination_endpoint_id"): Difference(
        "int, always", "M4: as in received_report_event_status"
    ),
    ("received_report_event_status", "message", "signature_verified"): Difference(
        "bool, sometimes", "additional: whether a signed report was signed by its sender"
    ),
}

_RECORDS: Final = {
    **_all(
        {
            ("PublishPriceRecord", "field", "issuer_event_id"): "int, default 0",
            ("LoadControlEventRecord", "field", "issuer_event_id"): "int, default 0",
            ("DisplayMessageRecord", "field", "message_id"): "int, default 0",
        },
        "an identifier that is left out, or 0, is assigned by the gateway",
    ),
    **_all(
        {
            (record, "field", "octets"): "string, optional"
            for record in ("AttributeReportRecord", "ReadAttributeStatusRecord")
        },
        "additional: the octets of an octet string, whose value is text where it is readable",
    ),
    ("PublishPriceRecord", "field", "unit_of_measure"): Difference(
        "int, default 0", "P11, N16: the payload carries it"
    ),
    **_all(
        {
            ("PublishPriceRecord", "field", "utc_time"): "int, default 0",
            ("MessageConfirmationRecord", "field", "confirmation_time"): "int, default 0",
            ("ReportEventStatusRecord", "field", "event_status_time"): "int, default 0",
        },
        "the current time by default: 0 stands for it, and is replaced when it is sent",
    ),
    **_all(
        {
            ("PublishPriceRecord", "field", name): "int, optional"
            for name in (
                *("number_of_block_thresholds", "price_control"),
                *("number_of_generation_tiers", "generation_tier"),
                *("extended_number_of_price_tiers", "extended_price_tier"),
                "extended_register_tier",
            )
        }
        | {
            ("DisplayMessageRecord", "field", "extended_message_control"): "int, optional",
            ("MessageConfirmationRecord", "field", "message_confirmation_control"): (
                "int, optional"
            ),
            ("MessageConfirmationRecord", "field", "message_confirmation_response"): (
                "string, optional"
            ),
            ("GetScheduledEventsRecord", "field", "issuer_event_id"): "int, optional",
        },
        "of SE 1.1 and later: sent and shown only where it is given",
    ),
    **_all(
        {
            (record, "field", name): f"{'any' if name == 'reportable_change' else 'int'}, optional"
            for record in (
                "AttributeReportingConfigurationResponseRecord",
                "ReadReportingConfigurationResponseRecord",
            )
            for name in (
                *("direction", "attribute_type", "min_interval", "max_interval"),
                *("reportable_change", "timeout"),
            )
        },
        "left out where the reference says that it is not included",
    ),
}

_SETTINGS: Final = {
    ("registry", "setting", "RPC_Manager.synchronous_request_timeout"): Difference(
        "int, default 60", "N4, S2: longer than Conversation.default_timeout"
    ),
    ("registry", "setting", "SE_Server.most_days_ahead"): Difference(
        "int, default 400", "own extension: a start counted from 1970 would be in 2041 and later"
    ),
    ("registry", "setting", "ZCL_Cluster.most_reports"): Difference(
        "int, default 300", "own extension: a device that floods must not keep the others waiting"
    ),
    ("registry", "setting", "ZDO_Device_Manager.interview_airtime"): Difference(
        "int, default 25", "own extension: a building that is asked all at once cannot talk"
    ),
    ("registry", "setting", "ZDO_Device_Manager.join_interval"): Difference(
        "int, default 120", "N17, S3: as in the sample"
    ),
    ("registry", "setting", "ZDO_Device_Manager.refresh_interval"): Difference(
        "int, default 120", "S1: another name of refresh_rate, whose default is known"
    ),
    ("registry", "setting", "SE_Server.event_retransmission_check_interval"): Difference(
        "int, default 60", "N17: no default is known"
    ),
    ("registry", "setting", "ZDO_Device_Manager.require_explicit_device_add"): Difference(
        "bool, default False", "S8: none is accepted, and means FALSE"
    ),
    **_all(
        {
            ("registry", "setting", "(NTP enable)"): NOTHING,
            ("registry", "setting", "Time_Synchronizer.(synchronisation type)"): NOTHING,
            ("registry", "setting", "Time_Synchronizer.(synchronisation period)"): NOTHING,
            ("registry", "setting", "(OS time zone enable)"): NOTHING,
            ("registry", "setting", "Time_Synchronizer.type"): "string, default 'auto'",
            ("registry", "setting", "Time_Synchronizer.period"): "int, default 86400",
            ("registry", "setting", "Time_Synchronizer.use_system_time_zone"): (
                "bool, default False"
            ),
        },
        "N17, S6, S7: the reference has no names; the first two are one choice",
    ),
}

_OF_OUR_OWN: Final = {
    **_own(
        "request",
        "a method",
        "get_meter_reading get_meter_profile request_fast_poll_mode",
        "meters are read and scaled by the gateway, which the old one left to the head-end",
    ),
    **_own(
        "request",
        "a method",
        "get_attribute_reporting",
        "who misses a value is to see why it does not come",
    ),
    **_own(
        "request",
        "a method",
        "swap_meter undo_meter_swap get_meter_swaps",
        "a home keeps its history when the utility changes the meter",
    ),
    **_own(
        "request",
        "a method",
        "get_network_map get_bindings rename_device get_device_options set_device_options"
        " add_to_group view_group get_group_membership remove_from_group",
        "who has dozens of devices wants to see who hears whom, and to call them by names",
    ),
    **_own(
        "request",
        "a method",
        "switch_device set_thermostat set_light set_cover set_load_control_enrollment"
        " get_thermostat_schedule set_thermostat_schedule clear_thermostat_schedule",
        "who has plugs and thermostats beside his meters has no second gateway for them",
    ),
    **_own(
        "request",
        "a method",
        "describe_cluster get_refresh_progress",
        "a person reads names, and sees how far it is what takes long",
    ),
    ("remove_device", "request", "keep_settings"): Difference(
        "bool, default False", "additional: its name is there again when it comes back"
    ),
    **_own(
        "request",
        "a method",
        "get_history",
        "what was used and what it cost is to be seen without another program that keeps it",
    ),
    **_own(
        "request",
        "a method",
        "change_channel change_network_key",
        "the old gateway kept the channel and key with which it had formed its network",
    ),
    **_own(
        "request",
        "a method",
        "get_simulated_house switch_simulated_device join_simulated_device leave_simulated_device"
        " set_simulated_key set_simulated_certificate set_simulated_air set_simulated_speed"
        " add_simulated_device remove_simulated_device get_simulated_household"
        " load_simulated_household set_simulated_usage opt_out_simulated_device"
        " confirm_simulated_message set_simulated_confirmation press_simulated_button"
        " move_simulated_door",
        "there is a simulated house, as the old kit's simulator had a display and a meter",
    ),
    **_own(
        "request",
        "a method",
        "get_configuration get_log get_log_levels list_certificates list_tokens make_backup"
        " make_report set_log_level",
        "the old gateway was looked after on its own web pages",
    ),
    **_own(
        "request",
        "a method",
        "record_frames get_frames export_frames replay_frame",
        "the old gateway showed no frames",
    ),
    **_own(
        "request",
        "a method",
        "list_drivers get_device_snapshot get_driver_settings set_driver_setting",
        "the old gateway left devices beyond Smart Energy to plug-ins",
    ),
    **_own(
        "request",
        "a method",
        "get_gas_energy",
        "the gateway knows what makes energy of a volume of gas, and computes it for who asks",
    ),
    **_own(
        "request",
        "a method",
        "get_tunnel_protocols open_tunnel send_tunnel_data close_tunnel get_tunnels",
        "the old gateway had no tunnels",
    ),
    **_own(
        "request",
        "a method",
        "top_up_meter select_emergency_credit change_payment_mode get_prepayment_account",
        "the old gateway had no prepayment",
    ),
    **_own(
        "request",
        "a method",
        "create_block_period cancel_block_period get_block_periods create_conversion_factor"
        " get_conversion_factors create_calorific_value get_calorific_values",
        "commands of the Price cluster of SE 1.1 and later",
    ),
    **_own(
        "request",
        "a method",
        "create_protected_message_event unlock_messages",
        "a command of the Messaging cluster of SE 1.2",
    ),
    **_own(
        "request",
        "a method",
        "opt_out_of_DRLC_event opt_into_DRLC_event",
        "a person decides at a display, where the gateway is one",
    ),
    **_own(
        "request",
        "a method",
        "get_consumption_limit acknowledge_consumption_limit opt_out_of_consumption_limit"
        " opt_into_consumption_limit",
        "additional: load control in watts, for home energy managers",
    ),
    **_own(
        "request",
        "a method",
        "get_event_deliveries",
        "additional: what each device made of each event, also after a restart",
    ),
    **_own(
        "request",
        "a method",
        "list_firmware_images get_firmware_updates update_firmware abort_firmware_update",
        "the old gateway had no firmware for others",
    ),
    **_own(
        "request",
        "a method",
        "list_circles get_circle switch_circle get_circle_history calibrate_circle add_circle"
        " remove_circle",
        "the old gateway knew no Plugwise circles",
    ),
    **_own(
        "request",
        "a method",
        "list_serial_nodes discover_serial_nodes set_serial_port remove_serial_node"
        " get_serial_temperatures",
        "the old gateway had serial nodes in a program of its own, with an XML-RPC of its own",
    ),
    **_own(
        "request",
        "a method",
        "get_price_source",
        "additional: where prices come from that nobody sends by ZigBee",
    ),
    **_own(
        "request",
        "a method",
        "get_openadr",
        "the old gateway knew no OpenADR",
    ),
    **_own(
        "message",
        "a message",
        "received_block_period received_conversion_factor received_calorific_value"
        " received_message_cancel_all_events",
        "commands of SE 1.1 and later, told as those before them are",
    ),
    **_own(
        "message",
        "a message",
        "received_factory_reset received_identify received_identify_query_response"
        " key_establishment_failed joining_progress meter_status_changed meter_swapped"
        " meter_swap_settled received_prepayment_answer tunnel_opened tunnel_refused"
        " received_tunnel_data tunnel_data_lost tunnel_closed received_tunnel_protocols"
        " firmware_update_changed circle_wants_to_join",
        "news that the gateway has, and that nobody would hear otherwise",
    ),
}

DIFFERENCES: Final[Mapping[Key, Difference]] = {
    **_ANSWERS,
    **_HELP,
    **_KEYS,
    **_NETWORK,
    **_TIME,
    **_MESSAGES,
    **_RECORDS,
    **_SETTINGS,
    **_OF_OUR_OWN,
}
