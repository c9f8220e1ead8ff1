"""Attributes of the Price cluster 0x0700. Data only.

Source: ZigBee Smart Energy Profile 1.x, annex D. How a line is read: zcl.attribute_table.
"""

from typing import Final

SERVER: Final = """\
0x0000+1 tier{n}_price_label octstr rw 1..48
0x0100+1 block{n}_threshold uint48 r 1..15
0x010F block_threshold_count uint8 r
0x0110+16+1 tier{n}_block{m}_threshold uint48 r 1..15 1..15
0x011F+16 tier{n}_block_threshold_count uint8 r 1..15
0x0200 start_of_block_period utc r
0x0201 block_period_duration uint24 r
0x0202 threshold_multiplier uint24 r
0x0203 threshold_divisor uint24 r
0x0204 block_period_duration_type map8 r
0x0300 commodity_type enum8 r
0x0301 standing_charge uint32 r
0x0302 conversion_factor uint32 r
0x0303 conversion_factor_trailing_digit map8 r
0x0304 calorific_value uint32 r
0x0305 calorific_value_unit enum8 r
0x0306 calorific_value_trailing_digit map8 r
0x0400+1 no_tier_block{n}_price uint32 r 1..16
0x0410+16+1 tier{n}_block{m}_price uint32 r 1..15 1..16
0x050F+1 price_tier{n} uint32 r 16..48
0x05FE cpp1_price uint32 r
0x05FF cpp2_price uint32 r
0x0610 tariff_label octstr r
0x0611 number_of_price_tiers_in_use uint8 r
0x0612 number_of_block_thresholds_in_use uint8 r
0x0613 tier_block_mode enum8 r
0x0615 unit_of_measure enum8 r
0x0616 currency uint16 r
0x0617 price_trailing_digit map8 r
0x0619 tariff_resolution_period enum8 r
0x0620 co2 uint32 r
0x0621 co2_unit enum8 r
0x0622 co2_trailing_digit map8 r
0x0700 current_billing_period_start utc r
0x0701 current_billing_period_duration uint24 r
0x0702 last_billing_period_start utc r
0x0703 last_billing_period_duration uint24 r
0x0704 last_billing_period_consolidated_bill uint32 r
0x0800 credit_payment_due_date utc r
0x0801 credit_payment_status enum8 r
0x0802 credit_payment_over_due_amount int32 r
0x080A payment_discount int32 r
0x080B payment_discount_period enum8 r
0x0810+16 credit_payment_{n} uint32 r 1..5
0x0811+16 credit_payment_date_{n} utc r 1..5
0x0812+16 credit_payment_ref_{n} octstr r 1..5
0x8000+1 rx_tier{n}_price_label octstr rw 1..48
0x8100+1 rx_block{n}_threshold uint48 r 1..16
0x8200 rx_start_of_block_period utc r
0x8201 rx_block_period_duration uint24 r
0x8202 rx_threshold_multiplier uint24 r
0x8203 rx_threshold_divisor uint24 r
0x8400+1 rx_no_tier_block{n}_price uint32 r 1..16
0x8410+16+1 rx_tier{n}_block{m}_price uint32 r 1..15 1..16
0x850F+1 rx_price_tier{n} uint32 r 16..63
0x8610 rx_tariff_label octstr r
0x8611 rx_number_of_price_tiers_in_use uint8 r
0x8612 rx_number_of_block_thresholds_in_use uint8 r
0x8613 rx_tier_block_mode uint8 r
0x8615 rx_tariff_resolution_period enum8 r
0x8625 rx_co2 uint32 r
0x8626 rx_co2_unit enum8 r
0x8627 rx_co2_trailing_digit map8 r
0x8700 rx_current_billing_period_start utc r
0x8701 rx_current_billing_period_duration uint24 r
0x8702 rx_last_billing_period_start utc r
0x8703 rx_last_billing_period_duration uint24 r
0x8704 rx_last_billing_period_consolidated_bill uint32 r
"""
"""What an ESI shows; the names with rx_ are for energy that the home delivers."""

CLIENT: Final = """\
0x0000 price_increase_randomize_minutes uint8 rw
0x0001 price_decrease_randomize_minutes uint8 rw
0x0002 commodity_type enum8 r
"""
"""What a load or display shows: how it spreads its reaction to a new price (PRC-11)."""
