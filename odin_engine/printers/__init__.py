"""Printers: their live state in memory, commands, supervision, and their history."""
