"""XBee modules of Digi, as their host sees them over the API.

Sources of all below: Digi, XBee 3 Zigbee RF Module User Guide 90001539, and XBee/XBee-PRO SE RF
Modules 90033931.
"""
