"""Shapes of people, keys, signing in and the audit log on the wire."""
