"""Tests of the integration in Home Assistant's own test harness."""
