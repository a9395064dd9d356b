"""Machines behind an OctoPrint server.

`protocol` is what is said, `session` one conversation with a server, `driver` the
machine behind it. Source: docs.octoprint.org (REST API, push updates, application keys)
and the sources of OctoPrint 1.11.
"""
