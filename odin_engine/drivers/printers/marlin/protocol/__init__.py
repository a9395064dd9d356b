"""The line protocol of Marlin and its relatives, without any I/O.

`lines` frames what is sent, `replies` and `troubles` read what comes, `flow` decides
which line goes next, `machine` keeps what is known, `encode` words commands, `gcode`
prepares files, `telnet` is RFC 2217. Sections of docs/protocols/serial_marlin.md are
cited as §n.
"""
