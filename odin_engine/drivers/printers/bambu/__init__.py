"""Bambu Lab machines on the local network: MQTT, FTPS, SSDP and the JPEG camera."""
