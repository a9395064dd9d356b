"""The integration inside Home Assistant's own test harness, against real engines."""
