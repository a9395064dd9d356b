"""Reads and writes, and rows to and from the model."""
