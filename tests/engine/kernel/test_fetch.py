"""The guarded client reaches what it may and nothing else, redirects included."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from functools import partial
from ipaddress import ip_address

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from odin_engine.kernel.errors import Invalid, OdinError
from odin_engine.kernel.fetch import (
    LOCAL_ALLOWED,
    PUBLIC_ONLY,
    AddressRefused,
    HostUnknown,
    Reach,
    resolve_local,
)
from odin_engine.kernel.fetch.client import Fetch, FetchFailed
from tests.fuzzing import fuzzed

_HERE_ONLY = Reach(is_loopback_allowed=True)


class _Server:
    """A web server on loopback that notes what it was asked."""

    def __init__(self) -> None:
        self.requests: list[web.BaseRequest] = []
        self.answer: Callable[[], web.Response] = web.Response
        self.url = ""

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests.append(request)
        if request.path == "/":
            return web.Response(text="home")
        return self.answer()


async def _serve() -> AsyncIterator[_Server]:
    server = _Server()
    runner = web.ServerRunner(web.Server(server))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def server() -> AsyncIterator[_Server]:
    async for server in _serve():
        yield server


@pytest.fixture
async def other_server() -> AsyncIterator[_Server]:
    async for server in _serve():
        yield server


@pytest.fixture
async def fetch() -> AsyncIterator[Fetch]:
    fetch = Fetch(_HERE_ONLY, max_bytes=10_000)
    yield fetch
    await fetch.close()


def _redirect(target: str, status: int = 302) -> Callable[[], web.Response]:
    return partial(web.Response, status=status, headers={"Location": target})


@pytest.mark.parametrize(
    ("address", "public", "local"),
    [
        ("8.8.8.8", True, True),
        ("2606:4700::1111", True, True),
        ("192.168.1.20", False, True),
        ("10.0.0.1", False, True),
        ("fd12::1", False, True),
        ("100.64.3.2", False, True),
        ("127.0.0.1", False, False),
        ("127.9.9.9", False, False),
        ("::1", False, False),
        ("0.0.0.0", False, False),  # noqa: S104 - refused, not bound
        ("::", False, False),
        ("169.254.169.254", False, False),
        ("169.254.7.7", False, False),
        ("fe80::1", False, False),
        ("fd00:ec2::254", False, False),
        ("fd00:ec2::254%1", False, False),
        ("fd12::1%eth0", False, True),
        ("fec0::1", False, True),
        ("100.100.100.200", False, False),
        ("224.0.0.251", False, False),
        ("255.255.255.255", False, False),
        ("240.0.0.1", False, False),
        ("::ffff:127.0.0.1", False, False),
        ("::ffff:10.0.0.1", False, True),
        ("::ffff:8.8.8.8", True, True),
        ("64:ff9b::7f00:1", False, False),
        ("64:ff9b::a00:1", False, True),
        ("2002:7f00:1::1", False, False),
    ],
)
def test_which_addresses_may_be_reached(
    address: str,
    public: bool,  # noqa: FBT001 - a table of cases
    local: bool,  # noqa: FBT001 - a table of cases
) -> None:
    assert (PUBLIC_ONLY.why_not(ip_address(address)) is None) == public
    assert (LOCAL_ALLOWED.why_not(ip_address(address)) is None) == local


@given(st.ip_addresses())
@fuzzed(100)
def test_public_only_reaches_nothing_private(address: object) -> None:
    checked = ip_address(str(address))
    if PUBLIC_ONLY.why_not(checked) is None:
        assert checked.is_global
        assert not checked.is_multicast


def test_simulators_are_reached_on_purpose_only() -> None:
    loopback = ip_address("127.0.0.1")
    assert LOCAL_ALLOWED.why_not(loopback) == "it is this machine itself"
    assert LOCAL_ALLOWED.with_loopback().why_not(loopback) is None
    metadata = ip_address("169.254.169.254")
    everything = Reach(
        is_private_allowed=True, is_loopback_allowed=True, is_link_local_allowed=True
    )
    assert everything.why_not(metadata) is not None


async def test_drivers_get_one_checked_address() -> None:
    assert await resolve_local("192.168.1.20") == "192.168.1.20"
    assert await resolve_local("[fd12::1]") == "fd12::1"
    assert await resolve_local("localhost", LOCAL_ALLOWED.with_loopback()) in {
        "127.0.0.1",
        "::1",
    }


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f000001", "2130706433"])
async def test_loopback_in_disguise_is_refused(host: str) -> None:
    with pytest.raises(AddressRefused, match="this machine itself"):
        await resolve_local(host)


async def test_a_name_without_address_says_so() -> None:
    with pytest.raises(HostUnknown, match="Check the spelling"):
        await resolve_local("no-such-printer.invalid")


@pytest.mark.parametrize(
    "host", ["", "a b", "host/path", "user@host", "x" * 254, "a\nb", "a\0b", "a?b"]
)
async def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(Invalid):
        await resolve_local(host)


@given(st.text(max_size=300))
@fuzzed(100)
def test_any_host_ends_in_a_known_error(host: str) -> None:
    # Only hosts that need no name server: the test machine may have none.
    if any(char.isalnum() for char in host):
        host += "/"
    with pytest.raises(OdinError):
        asyncio.run(resolve_local(host))


async def test_an_answer_is_read_to_its_end(server: _Server, fetch: Fetch) -> None:
    server.answer = partial(web.json_response, {"a": [1]}, headers={"X-One": "1"})
    answer = await fetch.get(f"{server.url}/x?y=1", {"X-Sent": "yes"})
    assert (answer.status, answer.is_success) == (200, True)
    assert answer.json() == {"a": [1]}
    assert answer.headers["x-one"] == "1"
    assert server.requests[0].headers["X-Sent"] == "yes"


async def test_a_status_is_the_callers_to_judge(server: _Server, fetch: Fetch) -> None:
    server.answer = partial(web.Response, status=503, text="busy")
    answer = await fetch.post(f"{server.url}/x", b"body")
    assert (answer.status, answer.is_success, answer.body) == (503, False, b"busy")
    with pytest.raises(FetchFailed, match="did not answer with JSON"):
        answer.json()


@pytest.mark.parametrize("reach", [PUBLIC_ONLY, LOCAL_ALLOWED])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_a_refused_address_is_never_connected_to(
    server: _Server, reach: Reach, host: str
) -> None:
    fetch = Fetch(reach)
    with pytest.raises(AddressRefused):
        await fetch.get(server.url.replace("127.0.0.1", host))
    await fetch.close()
    assert server.requests == []


async def test_a_name_is_connected_where_it_was_checked(
    server: _Server, fetch: Fetch
) -> None:
    answer = await fetch.get(server.url.replace("127.0.0.1", "localhost"))
    assert answer.body == b"home"


@pytest.mark.parametrize(
    "target",
    [
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/",
        "//10.0.0.1/",
    ],
)
async def test_a_redirect_to_a_refused_address_is_not_followed(
    server: _Server, fetch: Fetch, target: str
) -> None:
    server.answer = _redirect(target)
    with pytest.raises(AddressRefused):
        await fetch.get(f"{server.url}/x")


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/", "file:///etc/passwd"])
async def test_a_redirect_to_another_kind_of_address_is_refused(
    server: _Server, fetch: Fetch, target: str
) -> None:
    server.answer = _redirect(target)
    with pytest.raises(Invalid):
        await fetch.get(f"{server.url}/x")


async def test_redirects_are_followed_a_few_times(
    server: _Server, fetch: Fetch
) -> None:
    server.answer = _redirect("/")
    answer = await fetch.get(f"{server.url}/x")
    assert (answer.body, answer.url) == (b"home", f"{server.url}/")
    server.answer = _redirect("/again")
    with pytest.raises(FetchFailed, match="redirects without end"):
        await fetch.get(f"{server.url}/x")


async def test_credentials_do_not_follow_to_another_place(
    server: _Server, other_server: _Server, fetch: Fetch
) -> None:
    server.answer = _redirect(f"{other_server.url}/")
    await fetch.get(f"{server.url}/x", {"Authorization": "Bearer x", "Accept": "a/b"})
    (request,) = other_server.requests
    assert "Authorization" not in request.headers
    assert request.headers["Accept"] == "a/b"


async def test_a_posted_body_is_not_redirected(server: _Server, fetch: Fetch) -> None:
    server.answer = _redirect("/", status=307)
    assert (await fetch.post(f"{server.url}/x", b"secret")).status == 307
    assert len(server.requests) == 1


@pytest.mark.parametrize("is_packed", [False, True])
async def test_too_long_an_answer_is_cut_off(
    server: _Server,
    fetch: Fetch,
    is_packed: bool,  # noqa: FBT001 - a table of cases
) -> None:
    body = b"0" * 10_001
    server.answer = (
        partial(
            web.Response,
            body=gzip.compress(body),
            headers={"Content-Encoding": "gzip"},
        )
        if is_packed
        else partial(web.Response, body=body)
    )
    with pytest.raises(FetchFailed, match="more than 10000 bytes"):
        await fetch.get(f"{server.url}/x")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "printer.local",
        "ftp://x/",
        "file:///etc/passwd",
        "http://",
        "http://user:pass@10.0.0.1/",
        "http://x:99999/",
        "http://[::1/",
        "gopher://127.0.0.1:6379/_x",
    ],
)
async def test_what_is_no_web_address_is_refused(fetch: Fetch, url: str) -> None:
    with pytest.raises(Invalid, match="begins with http"):
        await fetch.get(url)


async def test_nobody_at_the_other_end_is_a_clear_error(fetch: Fetch) -> None:
    with pytest.raises(FetchFailed, match="no connection to it could be made"):
        await fetch.get("http://127.0.0.1:1/")
