"""Attributes of the Prepayment cluster 0x0705. Data only.

Source: ZigBee Smart Energy Profile 1.x, annex D. How a line is read: zcl.attribute_table.
"""

from typing import Final

SERVER: Final = """\
0x0000 payment_control_configuration map16 r
0x0001 credit_remaining int32 r
0x0002 emergency_credit_remaining int32 r
0x0003 credit_status map8 r
0x0004 credit_remaining_timestamp utc r
0x0005 accumulated_debt int32 r
0x0006 overall_debt_cap int32 r
0x0010 emergency_credit_limit_allowance uint32 r
0x0011 emergency_credit_threshold uint32 r
0x0020 total_credit_added uint48 r
0x0021 max_credit_limit uint32 r
0x0022 max_credit_per_top_up uint32 r
0x0030 friendly_credit_warning uint8 r
0x0031 low_credit_warning_level uint32 r
0x0032 ihd_low_credit_warning_level uint32 rw
0x0033 interrupt_suspend_time uint8 r
0x0034 remaining_friendly_credit_time uint16 r
0x0035 next_friendly_credit_period utc r
0x0040 cut_off_value int32 r
0x0080 token_carrier_id octstr rw
0x0100+16 top_up_date_time_{n} utc r 1..5
0x0101+16 top_up_amount_{n} int32 r 1..5
0x0102+16 top_up_originating_device_{n} enum8 r 1..5
0x0103+16 top_up_code_{n} octstr r 1..5
0x0210+16 debt_label_{n} octstr r 1..3
0x0211+16 debt_amount_{n} uint32 r 1..3
0x0212+16 debt_recovery_method_{n} enum8 r 1..3
0x0213+16 debt_recovery_start_time_{n} utc r 1..3
0x0214+16 debt_recovery_collection_time_{n} uint16 r 1..3
0x0216+16 debt_recovery_frequency_{n} enum8 r 1..3
0x0217+16 debt_recovery_amount_{n} uint32 r 1..3
0x0219+16 debt_recovery_top_up_percentage_{n} uint16 r 1..3
0x0400 prepayment_alarm_status map16 r
0x0401 prepay_generic_alarm_mask map16 rw
0x0402 prepay_switch_alarm_mask map16 rw
0x0403 prepay_event_alarm_mask map16 rw
0x0500 historical_cost_consumption_formatting map8 r
0x0501 consumption_unit_of_measurement enum8 r
0x0502 currency_scaling_factor enum8 r
0x0503 currency uint16 r
0x051C current_day_cost_consumption_delivered uint48 r
0x051D current_day_cost_consumption_received uint48 r
0x051E previous_day_cost_consumption_delivered uint48 r
0x051F previous_day_cost_consumption_received uint48 r
0x0520+2 previous_day_{n}_cost_consumption_delivered uint48 r 2..8
0x0521+2 previous_day_{n}_cost_consumption_received uint48 r 2..8
0x0530 current_week_cost_consumption_delivered uint48 r
0x0531 current_week_cost_consumption_received uint48 r
0x0532 previous_week_cost_consumption_delivered uint48 r
0x0533 previous_week_cost_consumption_received uint48 r
0x0534+2 previous_week_{n}_cost_consumption_delivered uint48 r 2..5
0x0535+2 previous_week_{n}_cost_consumption_received uint48 r 2..5
0x0540 current_month_cost_consumption_delivered uint48 r
0x0541 current_month_cost_consumption_received uint48 r
0x0542 previous_month_cost_consumption_delivered uint48 r
0x0543 previous_month_cost_consumption_received uint48 r
0x0544+2 previous_month_{n}_cost_consumption_delivered uint48 r 2..13
0x0545+2 previous_month_{n}_cost_consumption_received uint48 r 2..13
0x055C historical_freeze_time uint16 r
"""
"""What a prepayment meter shows."""
