"""What Moonraker says and is told, without a network. Source: docs.moonraker.dev."""
