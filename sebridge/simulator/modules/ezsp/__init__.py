"""A coordinator of Silicon Labs: EmberZNet on an EFR32, as its host sees it over EZSP.

Source of all below: Silicon Labs UG101, UART gateway protocol reference (ASH); Silicon Labs UG100,
EZSP reference guide. The versions that it can speak are those of `wording`.
"""
