"""Whatever the API's own description allows, and what it does not: never a 5xx."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.schemas import BaseSchema

from odin_engine.app import create_app
from odin_engine.kernel.secrets import load_secrets
from odin_engine.kernel.settings import load_settings
from tests.e2e.conftest import Engine

_ON_THE_NETWORK = ("/printers/discover", "/printers/check")
"""They reach out to whatever address they are given; their own tests cover them."""


@dataclass(frozen=True)
class Target:
    """A running engine and what opens it."""

    base: str
    token: str


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """An engine process with an administrator's token."""
    engine = Engine(tmp_path_factory.mktemp("fuzzed"))
    with asyncio.Runner() as runner:
        running = engine.running()
        process = runner.run(running.__aenter__())
        token = runner.run(engine.token())
        yield Target(engine.base, token)
        assert process.returncode is None, engine.log.read_text()[-4000:]
        runner.run(running.__aexit__(None, None, None))
    assert "Traceback" not in engine.log.read_text(), engine.log.read_text()[-4000:]


@pytest.fixture
def description(tmp_path: Path) -> BaseSchema:
    """The API's description, without what would reach out to the network."""
    app = create_app(load_settings(data_dir=tmp_path), load_secrets(tmp_path))
    document: dict[str, Any] = orjson.loads(orjson.dumps(app.openapi()))
    schema: BaseSchema = schemathesis.openapi.from_dict(document)
    return schema.exclude(path_regex="|".join(f"{path}$" for path in _ON_THE_NETWORK))


schema = schemathesis.pytest.from_fixture("description")


@schema.parametrize()
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
def test_no_input_is_a_server_error(case: Case[Any], target: Target) -> None:
    if isinstance(case.body, dict) and "host" in case.body:
        case.body["host"] = "127.0.0.1"
    answer = case.call(
        base_url=target.base,
        headers={"Authorization": f"Bearer {target.token}"},
        timeout=20,
    )
    assert answer.status_code < 500, answer.text
