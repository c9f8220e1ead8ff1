"""A coordinator of Silicon Labs: EmberZNet on an EFR32, as its host sees it over EZSP.

Source of all below: Silicon Labs UG101, UART gateway protocol reference (ASH); Silicon Labs UG100,
EZSP reference guide. Said is version 13, which EmberZNet 7.3 speaks.
"""
