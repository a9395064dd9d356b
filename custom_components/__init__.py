"""What Home Assistant loads from here; `odin` is the integration."""
