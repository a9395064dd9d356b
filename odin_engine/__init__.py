"""O.D.I.N.'s engine: drives printers, remembers what happened, and serves one API.

Knows nothing of Home Assistant. The map of the packages and the direction of
imports is the first contract in `pyproject.toml`.
"""
