"""What a Centauri Carbon 2 says over MQTT: deltas of one document. Pure.

Source: docs/CC2_PROTOCOL.md of danielcherubini/elegoo-homeassistant; elegoo-link.
"""
