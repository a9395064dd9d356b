"""The verbs of the printers domain."""
