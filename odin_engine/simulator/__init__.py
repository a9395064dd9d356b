"""Machines made of software that speak the real wire; shares no code with the drivers."""
