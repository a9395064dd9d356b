"""Whatever the API's own description allows, and what it does not, from everybody.

Never a 5xx, never an answer that the description does not know, and never one for who
may not. Each input is made once and sent by each caller in turn.
"""

import asyncio
import json
import string
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.e2e.conftest import PASSWORD, Engine
from tests.e2e.processes import free_ports, odin, read_json, run
from tests.fuzzing import fuzzed

_DESCRIPTION = Path(__file__).parents[2] / "docs" / "openapi.json"
_DOCUMENT: dict[str, Any] = json.loads(_DESCRIPTION.read_text())
_OPERATIONS = [
    (method, path)
    for path, operations in _DOCUMENT["paths"].items()
    for method in operations
]
_SLOW = ("/printers/discover", "/printers/check")
"""They look around in the network for seconds; their own tests cover them."""
_INPUTS = 5
_UNKNOWN = "0" * 32
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_PATIENCE_S = 30
_FARM = "printers: [{name: Ada, model: P1S, units: [{kind: ams}]}]"
_SCOPES: dict[str, tuple[str, str]] = {
    "admin": ("admin", "all"),
    "operator": ("operator", "all"),
    "viewer": ("viewer", "all"),
    "reader": ("admin", "read:printers"),
    "keeper": ("viewer", "manage:own-account"),
}
"""Callers by name: whose token it is, and for what."""


@dataclass(frozen=True)
class Caller:
    """Somebody who asks. `may` are the permissions held; `None` is nobody at all."""

    name: str
    session: requests.Session
    may: frozenset[str] | None

    def is_kept_out(self, security: list[dict[str, list[str]]]) -> int | None:
        """Returns how somebody who may not is answered; `None` for who may."""
        if not security:
            return None
        if self.may is None:
            return 401
        return None if self.may.issuperset(security[0]["token"]) else 403


@dataclass(frozen=True)
class Target:
    """A running engine, everybody who calls it, and a printer that it has."""

    base: str
    callers: tuple[Caller, ...]
    printer_id: str


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """An engine process with a printer, and a token for each kind of caller."""
    folder = tmp_path_factory.mktemp("fuzzed")
    engine = Engine(folder)
    farm, addresses = folder / "farm.yaml", folder / "printers.json"
    farm.write_text(_FARM)
    arguments = ["--state-dir", str(folder / "farm"), "--addresses", str(addresses)]
    arguments += ["--first-port", str(free_ports(15))]
    with asyncio.Runner() as runner, ExitStack() as stack:
        machines = odin(
            "simulate", str(farm), *arguments, data_dir=folder, log=folder / "farm.log"
        )
        runner.run(machines.__aenter__())
        running = engine.running()
        process = runner.run(running.__aenter__())
        tokens = runner.run(_tokens(engine))
        callers = [stack.enter_context(_session(each)) for each in tokens.values()]
        nobody = stack.enter_context(requests.Session())
        (machine,) = runner.run(read_json(addresses))
        added = callers[0].post(f"{engine.base}/api/v1/printers", json=_body(machine))
        assert added.status_code == 201, added.text
        known = [
            Caller(name, session, _may(session, engine.base))
            for name, session in zip(tokens, callers, strict=True)
        ]
        yield Target(
            engine.base, (*known, Caller("nobody", nobody, None)), added.json()["id"]
        )
        for caller in known:
            assert _may(caller.session, engine.base) == caller.may, caller.name
        assert process.returncode is None, engine.log.read_text()[-4000:]
        runner.run(running.__aexit__(None, None, None))
        runner.run(machines.__aexit__(None, None, None))
    assert "Traceback" not in engine.log.read_text(), engine.log.read_text()[-4000:]


async def _tokens(engine: Engine) -> dict[str, str]:
    """Makes a user for each role and a token for each caller."""
    data_dir = engine.folder / "data"

    async def add_user(role: str) -> None:
        made = ("user", "create", role, "--role", role, "--password-stdin")
        await run(*made, data_dir=data_dir, stdin=PASSWORD)

    async def make_token(name: str) -> str:
        owner, scope = _SCOPES[name]
        create = ("token", "create", name, "--user", owner, "--scope", scope)
        said = await run(*create, data_dir=data_dir)
        return next(word for word in said.split() if word.startswith("odin_"))

    await asyncio.gather(*(add_user(role) for role in ("admin", "operator", "viewer")))
    tokens = await asyncio.gather(*map(make_token, _SCOPES))
    return dict(zip(_SCOPES, tokens, strict=True))


def _session(token: str) -> requests.Session:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    session.trust_env = False
    return session


def _body(machine: Mapping[str, Any]) -> dict[str, Any]:
    known = ("name", "host", "serial", "ports")
    body = {name: machine[name] for name in known}
    return {**body, "family": "bambu", "secret": machine["access_code"]}


def _may(session: requests.Session, base: str) -> frozenset[str]:
    answer = session.get(f"{base}/api/v1/auth/session", timeout=_PATIENCE_S)
    return frozenset(answer.json()["permissions"])


_SCHEMA = schemathesis.openapi.from_dict(_DOCUMENT)


@pytest.mark.parametrize(
    ("method", "path"),
    [each for each in _OPERATIONS if not each[1].endswith(_SLOW)],
    ids=lambda part: part.strip(string.whitespace),
)
def test_everybody_may_say_anything(method: str, path: str, target: Target) -> None:
    operation = _SCHEMA[path][method]
    security = _DOCUMENT["paths"][path][method]["security"]

    @given(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
        | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        st.booleans(),
    )
    @fuzzed(_INPUTS)
    def say(case: Case[Any], is_known: bool) -> None:  # noqa: FBT001 - drawn
        _aim(case, target, is_known=is_known)
        for caller in target.callers:
            answer = case.call(
                base_url=target.base, session=caller.session, timeout=_PATIENCE_S
            )
            case.validate_response(answer, checks=_CHECKS)
            kept_out = caller.is_kept_out(security)
            # NUL is no address at all, whoever asks.
            if kept_out is not None and "%00" not in (answer.request.url or ""):
                assert answer.status_code == kept_out, (caller.name, answer.text)

    say()


def _aim(case: Case[Any], target: Target, *, is_known: bool) -> None:
    """Points an input at what is there, and keeps it from taking that away."""
    takes_away = case.method == "DELETE" and case.path.endswith("{printer_id}")
    if "printer_id" in case.path_parameters and is_known and not takes_away:
        case.path_parameters["printer_id"] = target.printer_id
    if not isinstance(case.body, dict):
        return
    if "host" in case.body:
        # Nothing answers there at once; elsewhere it would be waited for.
        case.body["host"] = "127.0.0.1"
    for name in ("serial", "ports", "is_enabled"):
        if case.method == "PATCH":
            case.body.pop(name, None)


def test_every_operation_is_tried() -> None:
    assert len(_OPERATIONS) > 90
    assert {path for _, path in _OPERATIONS if path.endswith(_SLOW)} == {
        f"/api/v1{path}" for path in _SLOW
    }
