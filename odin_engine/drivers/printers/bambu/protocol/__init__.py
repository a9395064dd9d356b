"""What Bambu Lab printers say, and what it means. No sockets, no clock, no loop.

`messages` turns bytes into a message, `document` folds reports into one document,
`translate` makes a `PrinterState` of it; `replay` does the three for a recording.
Facts about the wire are cited as sections of `docs/protocols/bambu.md`.
"""
