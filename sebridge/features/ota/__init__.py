"""OTA Upgrade: firmware for devices, over the air."""
