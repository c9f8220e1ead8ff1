"""Attributes of the Metering cluster 0x0702 where zigpy's declaration is not ours. Data only.

Source: ZigBee Smart Energy Profile 1.x, annex D. How a line is read: zcl.attribute_table.
"""

from typing import Final

SERVER: Final = """\
0x0000 current_summation_delivered uint48 r
0x0001 current_summation_received uint48 r
0x0004 dft_summation uint48 r
0x0010 interval_read_reporting_period uint16 r
0x0012 volume_per_report uint16 r
0x0015 current_inlet_energy_carrier_summation uint48 r
0x0016 current_outlet_energy_carrier_summation uint48 r
0x001A current_inlet_energy_carrier_demand int24 r
0x001B current_outlet_energy_carrier_demand int24 r
0x0100+2 current_tier{n}_summation_delivered uint48 r 1..48
0x0101+2 current_tier{n}_summation_received uint48 r 1..48
0x01FC cpp1_summation_delivered uint48 r
0x01FE cpp2_summation_delivered uint48 r
0x0205 remaining_battery_life_in_days uint16 r
0x0207 ambient_consumption_indicator enum8 r
0x0401 current_day_consumption_delivered uint24 r
0x0402 current_day_consumption_received uint24 r
0x0403 previous_day_consumption_delivered uint24 r
0x0404 previous_day_consumption_received uint24 r
0x0405 current_partial_profile_interval_start_time_delivered utc r
0x0406 current_partial_profile_interval_start_time_received utc r
0x0407 current_partial_profile_interval_value_delivered uint24 r
0x0408 current_partial_profile_interval_value_received uint24 r
0x0411 current_day_max_energy_carrier_demand int24 r
0x0412 previous_day_max_energy_carrier_demand int24 r
0x0413 current_month_max_energy_carrier_demand int24 r
0x0414 current_month_min_energy_carrier_demand int24 r
0x0415 current_year_max_energy_carrier_demand int24 r
0x0416 current_year_min_energy_carrier_demand int24 r
0x0420+2 previous_day_{n}_consumption_delivered uint24 r 2..9
0x0421+2 previous_day_{n}_consumption_received uint24 r 2..9
0x0430 current_week_consumption_delivered uint24 r
0x0431 current_week_consumption_received uint24 r
0x0432 previous_week_consumption_delivered uint24 r
0x0433 previous_week_consumption_received uint24 r
0x0434+2 previous_week_{n}_consumption_delivered uint24 r 2..5
0x0435+2 previous_week_{n}_consumption_received uint24 r 2..5
0x0440 current_month_consumption_delivered uint32 r
0x0441 current_month_consumption_received uint32 r
0x0442 previous_month_consumption_delivered uint32 r
0x0443 previous_month_consumption_received uint32 r
0x0444+2 previous_month_{n}_consumption_delivered uint32 r 2..13
0x0445+2 previous_month_{n}_consumption_received uint32 r 2..13
0x045C historical_freeze_time uint16 r
0x045D current_day_max_demand_delivered uint48 r
0x045E current_day_max_demand_delivered_time utc r
0x045F current_day_max_demand_received uint48 r
0x0460 current_day_max_demand_received_time utc r
0x0461 previous_day_max_demand_delivered uint48 r
0x0462 previous_day_max_demand_delivered_time utc r
0x0463 previous_day_max_demand_received uint48 r
0x0464 previous_day_max_demand_received_time utc r
0x0604 demand_limit_arm_duration_in_minutes uint16 r
0x0605 load_limit_supply_state enum8 r
0x0606 load_limit_counter uint8 r
0x0607 supply_tamper_state enum8 r
0x0608 supply_depletion_state enum8 r
0x0609 supply_uncontrolled_flow_state enum8 r
0x0700+1 current_no_tier_block{n}_summation_delivered uint48 r 1..16
0x0710+16+1 current_tier{n}_block{m}_summation_delivered uint48 r 1..15 1..16
0x0802 generic_flow_pressure_alarm_mask map16 rw
0x0804 heat_and_cooling_specific_alarm_mask map16 rw
0x0807 manufacture_alarm_mask map16 rw
0x0900+1 current_no_tier_block{n}_summation_received uint48 r 1..16
0x0910+16+1 current_tier{n}_block{m}_summation_received uint48 r 1..15 1..16
0x0A00 bill_to_date_delivered uint32 r
0x0A01 bill_to_date_time_stamp_delivered utc r
0x0A02 projected_bill_delivered uint32 r
0x0A03 projected_bill_time_stamp_delivered utc r
0x0A04 bill_delivered_trailing_digit map8 r
0x0A10 bill_to_date_received uint32 r
0x0A11 bill_to_date_time_stamp_received utc r
0x0A12 projected_bill_received uint32 r
0x0A13 projected_bill_time_stamp_received utc r
0x0A14 bill_received_trailing_digit map8 r
0x0B00 proposed_change_supply_implementation_time utc r
0x0B01 proposed_change_supply_status enum8 r
0x0B10 uncontrolled_flow_threshold uint16 r
0x0B11 uncontrolled_flow_threshold_unit_of_measure enum8 r
0x0B12 uncontrolled_flow_threshold_multiplier uint16 r
0x0B13 uncontrolled_flow_threshold_divisor uint16 r
0x0B14 flow_stabilization_period uint8 r
0x0B15 flow_measurement_period uint16 r
0x0C00 alternative_instantaneous_demand int24 r
0x0C01 current_day_alternative_consumption_delivered uint24 r
0x0C02 current_day_alternative_consumption_received uint24 r
0x0C03 previous_day_alternative_consumption_delivered uint24 r
0x0C04 previous_day_alternative_consumption_received uint24 r
0x0C05 current_alternative_partial_profile_interval_start_time_delivered utc r
0x0C06 current_alternative_partial_profile_interval_start_time_received utc r
0x0C07 current_alternative_partial_profile_interval_value_delivered uint24 r
0x0C08 current_alternative_partial_profile_interval_value_received uint24 r
0x0C09 current_alternative_day_max_pressure uint48 r
0x0C0A current_alternative_day_min_pressure uint48 r
0x0C0B previous_day_alternative_max_pressure uint48 r
0x0C0C previous_day_alternative_min_pressure uint48 r
0x0C0D current_alternative_day_max_demand int24 r
0x0C0E previous_day_alternative_max_demand int24 r
0x0C0F current_alternative_month_max_demand int24 r
0x0C10 current_alternative_year_max_demand int24 r
0x0C20+2 previous_day_{n}_alternative_consumption_delivered uint24 r 2..8
0x0C21+2 previous_day_{n}_alternative_consumption_received uint24 r 2..8
0x0C30 current_week_alternative_consumption_delivered uint24 r
0x0C31 current_week_alternative_consumption_received uint24 r
0x0C32 previous_week_alternative_consumption_delivered uint24 r
0x0C33 previous_week_alternative_consumption_received uint24 r
0x0C34+2 previous_week_{n}_alternative_consumption_delivered uint24 r 2..5
0x0C35+2 previous_week_{n}_alternative_consumption_received uint24 r 2..5
0x0C40 current_month_alternative_consumption_delivered uint32 r
0x0C41 current_month_alternative_consumption_received uint32 r
0x0C42 previous_month_alternative_consumption_delivered uint32 r
0x0C43 previous_month_alternative_consumption_received uint32 r
0x0C44+2 previous_month_{n}_alternative_consumption_delivered uint32 r 2..13
0x0C45+2 previous_month_{n}_alternative_consumption_received uint32 r 2..13
0x0C5C current_day_alternative_max_demand_delivered uint48 r
0x0C5D current_day_alternative_max_demand_delivered_time utc r
0x0C5E current_day_alternative_max_demand_received uint48 r
0x0C5F current_day_alternative_max_demand_received_time utc r
0x0C60 previous_day_alternative_max_demand_delivered uint48 r
0x0C61 previous_day_alternative_max_demand_delivered_time utc r
0x0C62 previous_day_alternative_max_demand_received uint48 r
0x0C63 previous_day_alternative_max_demand_received_time utc r
0x0D01+1 current_active_summation_q_{n} uint48 r 1..4
0x0D05+1 current_reactive_summation_q_{n} uint48 r 1..4
"""
"""What zigpy's Metering lacks, calls by a shortened name, or gives another type."""

CLIENT: Final = """\
0x0000 functional_notification_flags map32 r
0x0001+1 notification_flags_{n} map32 r 2..8
"""
"""What a client shows for the meter it mirrors."""
