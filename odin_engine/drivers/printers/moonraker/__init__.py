"""Klipper machines behind Moonraker: one WebSocket of JSON-RPC, files by HTTP."""
