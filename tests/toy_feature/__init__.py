"""Watering: a small feature with events, all of it in this folder, as the recipe tells.

It stands in no list of the gateway: tests/test_toy_feature.py adds it, and finds it everywhere.
"""
