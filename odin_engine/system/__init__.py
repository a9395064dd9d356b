"""The engine about itself: versions, health, background tasks, run-time settings."""
