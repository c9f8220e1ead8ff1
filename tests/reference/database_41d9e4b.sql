PRAGMA user_version = 1;
PRAGMA application_id = 1397047890;
BEGIN TRANSACTION;
CREATE TABLE entry (
            position INTEGER PRIMARY KEY,
            collection TEXT NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            UNIQUE (collection, key)
        ) STRICT;
INSERT INTO "entry" VALUES(1,'modules','"garden"','true');
INSERT INTO "entry" VALUES(2,'interfaces','"GardenInterface"','true');
INSERT INTO "entry" VALUES(3,'module_store','["garden","bed"]','3');
INSERT INTO "entry" VALUES(4,'module_store','["garden","plan"]','{"a":[1,null,"\u00fc"]}');
INSERT INTO "entry" VALUES(5,'registry','"RPC_Manager.use_timestamps"','false');
INSERT INTO "entry" VALUES(6,'registry','"ESI.max_buffer_items"','50');
INSERT INTO "entry" VALUES(7,'devices','"00:0d:6f:00:0a:90:69:e7"','{"eui64":"00:0d:6f:00:0a:90:69:e7","nwk":6699,"name":"Z\u00e4hler","manufacturer":"Acme","model":"M1","active_endpoints":[10,11],"node_descriptor":{"status":0,"nwk_addr":6699,"logical_type":2,"complex_desc_avail":0,"user_desc_avail":0,"aps_flags":0,"frequency_band":8,"mac_capability_flags":128,"manufacturer_code":4660,"max_buffer_size":82,"max_incoming_transfer_size":82,"server_mask":0,"max_outgoing_transfer_size":82,"descriptor_capability_field":0},"power_descriptor":{"status":0,"nwk_addr":6699,"current_power_mode":0,"available_power_sources":4,"current_power_source":4,"current_power_source_level":12},"simple_descriptors":{"10":{"status":0,"nwk_addr":6699,"endpoint_id":10,"profile_id":265,"device_id":1281,"device_version":0,"input_clusters":[0,3,1794],"output_clusters":[10]},"11":{"status":130,"nwk_addr":6699}}}');
INSERT INTO "entry" VALUES(8,'devices','"00:0d:6f:00:0a:90:69:e8"','{"eui64":"00:0d:6f:00:0a:90:69:e8","nwk":null,"name":"","manufacturer":"","model":"","active_endpoints":null,"node_descriptor":null,"power_descriptor":null,"simple_descriptors":{}}');
INSERT INTO "entry" VALUES(9,'price_client_attributes','0','5');
INSERT INTO "entry" VALUES(10,'price_client_attributes','1','7');
INSERT INTO "entry" VALUES(11,'load_control_attributes','0','1');
INSERT INTO "entry" VALUES(12,'load_control_choices','9','{"opted_out":true,"running":true,"changed_while_running":false}');
INSERT INTO "entry" VALUES(13,'load_control_senders','9','[{"device":"00:0d:6f:00:0a:90:69:e7","endpoint":10,"profile_id":265}]');
INSERT INTO "entry" VALUES(14,'outbox','1','{"topic":"sebridge/notification/x","payload":"7b2261223a317d","created":1700000000.25,"correlation":"01ff"}');
INSERT INTO "entry" VALUES(15,'outbox','2','{"topic":"t","payload":"","created":1.0,"correlation":null}');
INSERT INTO "entry" VALUES(16,'retained_topics','"sebridge/bridge/state"','true');
INSERT INTO "entry" VALUES(17,'retained_topics','"sebridge/device/\u00e4"','true');
INSERT INTO "entry" VALUES(18,'simulated_registers','"meter"','{"delivered":1234.5,"received":0.0,"until":1700000000.0}');
INSERT INTO "entry" VALUES(19,'simulated_authorities','"1"','"000102030405060708090a0b0c0d0e0f1011121314"');
INSERT INTO "entry" VALUES(20,'simulated_keys','"00:0d:6f:00:0a:90:69:e7"','{"key":"00000000000000000000000000000000","suite":1,"public_key":"000102030405060708090a0b0c0d0e0f101112131415","sent":0,"heard":0}');
INSERT INTO "entry" VALUES(21,'meter_shapes','"000d6f000a9069e7_10"','{"unit":"kWh","power_unit":"kW","commodity":"electricity","energy_in":true,"energy_out":false,"power":false,"status":false,"tiers_in":[],"tiers_out":[]}');
INSERT INTO "entry" VALUES(22,'price_units','"EUR"','"kWh"');
INSERT INTO "entry" VALUES(23,'announced','"000d6f000a9069e7"','["homeassistant/sensor/a/config","homeassistant/sensor/b/config"]');
INSERT INTO "entry" VALUES(24,'prices','5','{"event_id":5,"start":830000000,"end":830003600,"record":{"provider_id":7,"rate_label":"Nacht \u20ac","issuer_event_id":5,"utc_time":0,"unit_of_measure":0,"currency":840,"price_trailing_digit_and_price_tier":32,"number_of_price_tiers_and_register_tier":0,"start_time":830000000,"duration_in_minutes":60,"price":1250,"price_ratio":255,"generation_price":4294967295,"generation_price_ratio":255,"alternate_cost_deliverd":4294967295,"alternate_cost_unit":1,"alternate_cost_trailing_digit":255,"number_of_block_thresholds":null,"price_control":1,"number_of_generation_tiers":null,"generation_tier":null,"extended_number_of_price_tiers":null,"extended_price_tier":null,"extended_register_tier":null},"received":829999000,"classes":65535,"group":0,"source":null,"origin":0,"commodity":"electricity","start_delay":0,"end_delay":0,"cancelled_at":null}');
INSERT INTO "entry" VALUES(25,'prices','6','{"event_id":6,"start":830000000,"end":830003600,"record":{"provider_id":4294967295,"rate_label":"","issuer_event_id":6,"utc_time":0,"unit_of_measure":0,"currency":840,"price_trailing_digit_and_price_tier":32,"number_of_price_tiers_and_register_tier":0,"start_time":0,"duration_in_minutes":60,"price":2,"price_ratio":255,"generation_price":4294967295,"generation_price_ratio":255,"alternate_cost_deliverd":null,"alternate_cost_unit":null,"alternate_cost_trailing_digit":null,"number_of_block_thresholds":null,"price_control":null,"number_of_generation_tiers":null,"generation_tier":null,"extended_number_of_price_tiers":null,"extended_price_tier":null,"extended_register_tier":null},"received":829999000,"classes":65535,"group":0,"source":null,"origin":0,"commodity":"","start_delay":0,"end_delay":0,"cancelled_at":830000100}');
INSERT INTO "entry" VALUES(26,'load_control','9','{"event_id":9,"start":830000000,"end":830003600,"record":{"issuer_event_id":9,"device_class":4095,"utility_enrollment_group":0,"start_time":830000000,"duration_in_minutes":15,"criticality_level":1,"cooling_temperature_offset":255,"heating_temperature_offset":255,"cooling_temperature_set_point":-32768,"heating_temperature_set_point":-32768,"average_load_adjustment_percentage":-20,"duty_cycle":255,"event_control":3},"received":829999000,"classes":4095,"group":0,"source":null,"origin":0,"commodity":"","start_delay":30,"end_delay":-5,"cancelled_at":null}');
INSERT INTO "entry" VALUES(27,'messages','11','{"event_id":11,"start":830000000,"end":830003600,"record":{"message_id":11,"message_control":128,"start_time":0,"duration_in_minutes":65535,"message":"Bonjour \u2603","extended_message_control":null},"received":829999000,"classes":65535,"group":0,"source":null,"origin":0,"commodity":"","start_delay":0,"end_delay":0,"cancelled_at":null}');
INSERT INTO "entry" VALUES(28,'protected_messages','11','true');
INSERT INTO "entry" VALUES(29,'confirmed_messages','11','true');
INSERT INTO "entry" VALUES(30,'message_cancellation','"time"','830000000');
INSERT INTO "entry" VALUES(31,'block_periods','"1"','{"provider_id":7,"issuer_event_id":21,"start":830000000,"end":null,"repeats":true,"record":{"provider_id":4294967295,"issuer_event_id":21,"block_period_start_time":0,"block_period_duration":16777215,"block_period_control":2,"block_period_duration_type":0,"tariff_type":0,"tariff_resolution_period":0}}');
INSERT INTO "entry" VALUES(32,'block_periods','"2"','{"provider_id":0,"issuer_event_id":22,"start":830000000,"end":830086400,"repeats":false,"record":{"provider_id":7,"issuer_event_id":22,"block_period_start_time":830000000,"block_period_duration":16777215,"number_of_price_tiers_and_number_of_block_thresholds":35,"block_period_control":null}}');
INSERT INTO "entry" VALUES(33,'conversion_factors','"1"','{"provider_id":0,"issuer_event_id":31,"start":1,"end":null,"repeats":false,"record":{"issuer_event_id":31,"start_time":0,"conversion_factor":10000,"conversion_factor_trailing_digit":0}}');
INSERT INTO "entry" VALUES(34,'calorific_values','"1"','{"provider_id":0,"issuer_event_id":32,"start":1,"end":null,"repeats":false,"record":{"issuer_event_id":32,"start_time":0,"calorific_value":38,"calorific_value_unit":1,"calorific_value_trailing_digit":0}}');
INSERT INTO "entry" VALUES(35,'network_time','"offset"','-1.5');
INSERT INTO "entry" VALUES(36,'time_zone','"zone"','{"name":"Europe/Berlin","rules":{"time_zone":0,"dst_start":4294967295,"dst_end":4294967295,"dst_shift":0}}');
INSERT INTO "entry" VALUES(37,'time_zone','"rules"','{"name":null,"rules":{"time_zone":0,"dst_start":4294967295,"dst_end":4294967295,"dst_shift":0}}');
INSERT INTO "entry" VALUES(38,'mirrors','192','{"device":"00:0d:6f:00:0a:90:69:e7","endpoint":10,"profile_id":265}');
INSERT INTO "entry" VALUES(39,'bindings','{"endpoint":94,"cluster_id":1792,"device":"00:0d:6f:00:0a:90:69:e7","device_endpoint":10,"group":null}','true');
INSERT INTO "entry" VALUES(40,'bindings','{"endpoint":94,"cluster_id":1792,"device":null,"device_endpoint":null,"group":5}','true');
INSERT INTO "entry" VALUES(41,'basic_attributes','16','"kitchen"');
INSERT INTO "entry" VALUES(42,'link_keys','"00:0d:6f:00:0a:90:69:e7"','"000102030405060708090a0b0c0d0e0f"');
INSERT INTO "entry" VALUES(43,'established_keys','"00:0d:6f:00:0a:90:69:e7"','{"key":"000102030405060708090a0b0c0d0e0f","suite":2,"public_key":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324","sent":100,"heard":200}');
INSERT INTO "entry" VALUES(44,'meters','"000d6f000a9069e7_10"','{"unit_of_measure":0,"multiplier":1,"divisor":1000,"device_type":0,"summation_formatting":43,"demand_formatting":null,"serial_number":"0a0b"}');
INSERT INTO "entry" VALUES(45,'network_plan','"plan"','{"extended_pan_id":1234605616436508552,"channel_mask":16,"link_key":"00000000000000000000000000000000"}');
INSERT INTO "entry" VALUES(46,'responses','1','{"name":"get_time","number":{"second":1700000000,"sequence":3},"document":"<response><x>\u00fc</x></response>"}');
INSERT INTO "entry" VALUES(47,'aliases','"meter"','"<a>1</a>"');
INSERT INTO "entry" VALUES(48,'expected_reports','{"pairing":{"peer":{"device":"00:0d:6f:00:0a:90:69:e7","endpoint":10,"profile_id":265},"local_endpoint":94,"cluster_id":1794,"server":false,"manufacturer_code":null},"attribute_id":0}','{"record":{"attribute_id":0,"direction":0,"attribute_type":37,"min_interval":5,"max_interval":300,"reportable_change":10,"timeout":0},"pseudo":false,"wish":true,"own":false}');
INSERT INTO "entry" VALUES(49,'expected_reports','{"pairing":{"peer":{"device":"00:0d:6f:00:0a:90:69:e7","endpoint":10,"profile_id":265},"local_endpoint":94,"cluster_id":1794,"server":false,"manufacturer_code":4660},"attribute_id":1}','{"record":{"attribute_id":1,"direction":1,"attribute_type":255,"min_interval":0,"max_interval":0,"reportable_change":0,"timeout":60},"pseudo":true,"wish":null,"own":true}');
INSERT INTO "entry" VALUES(50,'sent_reports','{"pairing":{"peer":{"device":"00:0d:6f:00:0a:90:69:e7","endpoint":10,"profile_id":265},"local_endpoint":94,"cluster_id":10,"server":true,"manufacturer_code":null},"attribute_id":0}','{"attribute_id":0,"direction":0,"attribute_type":226,"min_interval":60,"max_interval":3600,"reportable_change":"0x10","timeout":0}');
INSERT INTO "entry" VALUES(51,'endpoints','20','{"endpoint_class":"Endpoint","endpoint_id":20,"profile_id":265,"device_id":null,"device_version":null}');
INSERT INTO "entry" VALUES(52,'clusters','1','{"cluster_class":"ZCL_Cluster","endpoint_id":20,"server_or_client":1,"cluster_id":1026,"enable_APS_encryption":null}');
INSERT INTO "entry" VALUES(53,'of_a_feature_to_come','"kept"','1');
COMMIT;
