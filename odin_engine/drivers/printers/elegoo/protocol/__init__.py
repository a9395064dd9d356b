"""SDCP in words: parsing, folding, translating, encoding. Pure; nothing here waits.

Source: "Smart Device Control Protocol V3.0.0" (cbd-tech), the vendor's SDK
`elegoo-link` for the codes of FDM machines, and docs/printers/elegoo.md.
"""
