"""The printers' routes on a real app, and clients for them."""

from collections.abc import Awaitable, Callable

from httpx import AsyncClient, Response

from odin_engine.identity.model import Role

type Login = Callable[[Role], Awaitable[AsyncClient]]

BODY = {
    "name": "Anna",
    "family": "memory",
    "host": "10.0.0.1",
    "serial": "mem1",
    "secret": "opensesame",
    "camera_url": "rtsp://u:hush-hush@cam/1",
}


def codes(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]
