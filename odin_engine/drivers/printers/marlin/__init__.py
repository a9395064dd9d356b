"""Marlin and its relatives over a serial line: a cable, RFC 2217, or raw TCP."""
