"""Clients of what stands beside the engine, each behind a domain's port."""
