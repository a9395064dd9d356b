"""Answers of the REST API as they are written."""

from aiohttp import web


def said(body: object, status: int = 200) -> web.Response:
    """Returns an answer in JSON."""
    return web.json_response(body, status=status)


def no(status: int, error: str) -> web.Response:
    """Returns a refusal with its reason."""
    return said({"error": error}, status)


def done() -> web.Response:
    """Returns the answer to what was done."""
    return web.Response(status=204)
