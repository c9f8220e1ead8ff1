"""The words behind the numbers in Smart Energy frames: enumerations and bit fields. Data only.

Source: ZigBee Smart Energy Profile 1.x, annex D, as the public implementations have it.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

_VALUES: Final = """
unit_of_measure
 0x00 kWh | 0x01 m³ | 0x02 ft³ | 0x03 CCF | 0x04 US gallon | 0x05 imperial gallon | 0x06 BTU
 0x07 litre | 0x08 kPa gauge | 0x09 kPa absolute | 0x0A MCF | 0x0B no unit | 0x0C MJ | 0x0D kvarh
 0x80 kWh BCD | 0x81 m³ BCD | 0x82 ft³ BCD | 0x83 CCF BCD | 0x84 US gallon BCD
 0x85 imperial gallon BCD | 0x86 BTU BCD | 0x87 litre BCD | 0x88 kPa gauge BCD
 0x89 kPa absolute BCD | 0x8A MCF BCD | 0x8B no unit BCD | 0x8C MJ BCD | 0x8D kvarh BCD
alternate_cost_unit
 0x01 kg CO2 per unit | 0xFF not used
tariff_resolution_period
 0x00 not defined | 0x01 block period | 0x02 1 day
calorific_value_unit
 0x01 MJ/m³ | 0x02 MJ/kg
tier_block_mode
 0x00 active block | 0x01 active block price tier | 0x02 active block price tier threshold
 0xFF not used
co2_unit
 0x01 kg per kWh | 0x02 kg per gallon of gasoline | 0x03 kg per therm of natural gas
cpp_price_tier
 0x00 CPP1 | 0x01 CPP2
cpp_auth
 0x00 pending | 0x01 accepted | 0x02 rejected | 0x03 forced
credit_payment_status
 0x00 pending | 0x01 paid | 0x02 overdue | 0x03 2 payments overdue | 0x04 3 payments overdue
criticality_level
 0x00 reserved | 0x01 green | 0x02 level 1 | 0x03 level 2 | 0x04 level 3 | 0x05 level 4
 0x06 level 5 | 0x07 emergency | 0x08 planned outage | 0x09 service disconnect
 0x0A utility defined 1 | 0x0B utility defined 2 | 0x0C utility defined 3
 0x0D utility defined 4 | 0x0E utility defined 5 | 0x0F utility defined 6
event_status
 0x01 received | 0x02 started | 0x03 completed | 0x04 opted out | 0x05 opted in | 0x06 cancelled
 0x07 superseded | 0x08 partially completed, opted out | 0x09 partially completed, opted in
 0x0A completed without participation | 0xF6 invalid opt-out | 0xF7 event not found
 0xF8 invalid cancel | 0xF9 invalid cancel: effective time | 0xFB rejected: already over
 0xFD invalid cancel: unknown event | 0xFE rejected
signature_type
 0x00 none | 0x01 ECDSA
interval_channel
 0x00 consumption delivered | 0x01 consumption received | 0x02 reactive delivered
 0x03 reactive received
interval_period
 0x00 1 day | 0x01 60 min | 0x02 30 min | 0x03 15 min | 0x04 10 min | 0x05 7.5 min | 0x06 5 min
 0x07 2.5 min
get_profile_status
 0x00 success | 0x01 undefined channel | 0x02 channel not supported | 0x03 invalid end time
 0x04 more periods than can be returned | 0x05 no intervals for that time
metering_device_type
 0x00 electricity | 0x01 gas | 0x02 water | 0x03 thermal | 0x04 pressure | 0x05 heat
 0x06 cooling | 0x07 vehicle charging | 0x08 solar generation | 0x09 wind generation
 0x0A water generation | 0x0B micro generation | 0x0C solar hot water | 0x0D electric phase 1
 0x0E electric phase 2 | 0x0F electric phase 3 | 0x7F mirrored electricity | 0x80 mirrored gas
 0x81 mirrored water | 0x82 mirrored thermal | 0x83 mirrored pressure | 0x84 mirrored heat
 0x85 mirrored cooling | 0x86 mirrored vehicle charging | 0x87 mirrored solar generation
 0x88 mirrored wind generation | 0x89 mirrored water generation
 0x8A mirrored micro generation | 0x8B mirrored solar hot water
 0x8C mirrored electric phase 1 | 0x8D mirrored electric phase 2
 0x8E mirrored electric phase 3 | 0xFE undefined mirror
supply_status
 0x00 off | 0x01 off, armed | 0x02 on | 0x03 unchanged
snapshot_payload_type
 0x00 tiers delivered | 0x01 tiers received | 0x02 blocks delivered | 0x03 blocks received
 0x04 tiers delivered, no billing | 0x05 tiers received, no billing
 0x06 blocks delivered, no billing | 0x07 blocks received, no billing | 0x80 no data
snapshot_confirmation
 0x00 accepted | 0x01 cause not supported
sample_type
 0x00 consumption delivered | 0x01 consumption received | 0x02 reactive delivered
 0x03 reactive received | 0x04 demand
tunnel_protocol
 0x00 DLMS/COSEM | 0x01 IEC 61107 | 0x02 ANSI C12 | 0x03 M-Bus | 0x04 SML | 0x05 ClimateTalk
 0x06 GB-HRGP
tunnel_status
 0x00 success | 0x01 busy | 0x02 no more tunnels | 0x03 protocol not supported
 0x04 flow control not supported
transfer_data_status
 0x00 no such tunnel | 0x01 wrong device | 0x02 overflow
ke_status
 0x01 unknown issuer | 0x02 bad key confirm | 0x03 bad message | 0x04 no resources
 0x05 unsupported suite | 0x06 invalid certificate
originating_device
 0x00 ESI | 0x01 meter | 0x02 display
topup_result
 0x00 accepted | 0x01 invalid top-up | 0x02 duplicate | 0x03 error | 0x04 most credit reached
 0x05 keypad locked | 0x06 top-up too large | 0x10 accepted, supply on
 0x11 accepted, supply off | 0x12 accepted, supply armed
"""

_BITS: Final = """
price_trailing_digit_and_tier
 0xF0 trailing digits | 0x0F tier
number_of_tiers_and_register_tier
 0xF0 tiers | 0x0F register tier
price_control
 0x01 acknowledge | 0x02 more than 15 tiers
command_options
 0x01 listens all the time
tariff_type
 0x0F for: delivered, received, both | 0xF0 charging: tiers, blocks, common blocks, own blocks
block_period_control
 0x01 acknowledge | 0x02 repeating
duration_type
 0x0F base: minutes, days, weeks, months | 0xF0 control: start of base, end of base, any
trailing_digit
 0xF0 trailing digits
currency_change_control
 0x01 clear bills | 0x02 convert bills | 0x04 clear old consumption
 0x08 convert old consumption
device_class
 0x0001 HVAC | 0x0002 strip heaters | 0x0004 water heater | 0x0008 pool pump
 0x0010 smart appliances | 0x0020 irrigation pump | 0x0040 managed loads
 0x0080 simple loads | 0x0100 exterior lighting | 0x0200 interior lighting
 0x0400 electric vehicle | 0x0800 generation
event_control
 0x01 randomise start | 0x02 randomise end
cancel_control
 0x01 with the event's randomisation
message_control
 0x03 transmission: normal, normal and inter-PAN, inter-PAN only
 0x0C importance: low, medium, high, critical | 0x20 enhanced confirmation
 0x80 confirmation required
extended_message_control
 0x01 confirmed before
message_confirmation_control
 0x01 no | 0x02 yes
meter_status_electricity
 0x01 check meter | 0x02 low battery | 0x04 tamper | 0x08 power failure | 0x10 power quality
 0x20 leak | 0x40 service disconnect open
summation_formatting
 0x07 digits right | 0x78 digits left | 0x80 no leading zeros
snapshot_cause
 0x000001 general | 0x000002 end of billing period | 0x000004 end of block period
 0x000008 change of tariff | 0x000010 change of prices | 0x000020 change of thresholds
 0x000040 change of calorific value | 0x000080 change of conversion factor
 0x000100 change of calendar | 0x000200 critical peak | 0x000400 asked by client
 0x000800 end of resolve period | 0x001000 change of tenancy | 0x002000 change of supplier
 0x004000 change of mode | 0x008000 debt payment | 0x010000 scheduled
 0x020000 firmware download | 0x040000 top-up | 0x080000 debt or credit
ke_suite
 0x0001 suite 1 (sect163k1) | 0x0002 suite 2 (sect283k1)
time_status
 0x01 master | 0x02 synchronised | 0x04 master for zone and DST | 0x08 superseding
"""

_FIELDS: Final = """
price_control: control price_control
tariff_type: tariff_type tariff_type_charging_scheme
price_trailing_digit_and_tier: price_trailing_digit_and_price_tier
number_of_tiers_and_register_tier: number_of_price_tiers_and_register_tier
trailing_digit: alternate_cost_trailing_digit conversion_factor_trailing_digit
trailing_digit: calorific_value_trailing_digit price_trailing_digit co2_value_trailing_digit
trailing_digit: bill_trailing_digit
duration_type: block_period_duration_type billing_period_duration_type
co2_unit: co2_value_unit co2_unit
currency_change_control: currency_change_control_flags
metering_device_type: commodity_type metering_device_type
criticality_level: criticality_level criticality_level_applied
device_class: device_class device_class_value
supply_status: proposed_supply_status supply_tamper_state supply_depletion_state supply_status
supply_status: supply_uncontrolled_flow_state load_limit_supply_state
interval_period: profile_interval_period
summation_formatting: summation_formatting demand_formatting historical_consumption_formatting
unit_of_measure: unit_of_measure alternative_unit_of_measure consumption_unit_of_measurement
tunnel_protocol: protocol_id
topup_result: result_type
originating_device: originating_device source_of_top_up
ke_suite: key_establishment_suite requested_key_establishment_suite
ke_status: status_code
"""


class Bits(msgspec.Struct, frozen=True):
    """Some bits of a field: a flag, a number, or a choice of `words`."""

    mask: int
    name: str
    words: tuple[str, ...] = msgspec.field(default=())

    def shown(self, number: int) -> str:
        """Return what these bits say; nothing for a flag that is not set."""
        value = (number & self.mask) // (self.mask & -self.mask)
        if self.words:
            word = self.words[value] if value < len(self.words) else str(value)
            return f"{self.name} {word}"
        if self.mask.bit_count() == 1:
            return self.name if value else ""
        return f"{self.name} {value}"


def _sections(table: str) -> dict[str, list[tuple[int, str]]]:
    found: dict[str, list[tuple[int, str]]] = {}
    name = ""
    for line in table.strip().splitlines():
        if line.startswith(" "):
            pairs = (entry.split(maxsplit=1) for entry in line.split("|"))
            found[name] += [(int(number, 16), word.strip()) for number, word in pairs]
        else:
            name = line
            found[name] = []
    return found


def _bits(mask: int, text: str) -> Bits:
    name, _, words = text.partition(":")
    return Bits(mask, name, tuple(word.strip() for word in words.split(",")) if words else ())


VALUES: Final[Mapping[str, Mapping[int, str]]] = {
    name: dict(entries) for name, entries in _sections(_VALUES).items()
}
"""The words of each enumeration."""

BITS: Final[Mapping[str, tuple[Bits, ...]]] = {
    name: tuple(_bits(mask, text) for mask, text in entries)
    for name, entries in _sections(_BITS).items()
}
"""The parts of each bit field."""

FIELDS: Final[Mapping[str, str]] = {
    **{name: name for name in (*VALUES, *BITS)},
    **{
        name: line.partition(":")[0]
        for line in _FIELDS.strip().splitlines()
        for name in line.partition(":")[2].split()
    },
}
"""Which enumeration or bit field a field or attribute has, by its name."""


def words(kind: str, number: int) -> str:
    """Return what a number of an enumeration or bit field means; empty where nothing is known."""
    if kind in VALUES:
        return VALUES[kind].get(number, "")
    shown = (bits.shown(number) for bits in BITS.get(kind, ()))
    return ", ".join(text for text in shown if text)
