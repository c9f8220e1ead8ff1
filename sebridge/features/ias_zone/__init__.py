"""IAS Zone: doors that are open, smoke, water, and whatever else an alarm system watches."""
