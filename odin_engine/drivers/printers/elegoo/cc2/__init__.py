"""The Centauri Carbon 2, which is the MQTT broker that it reports by."""
