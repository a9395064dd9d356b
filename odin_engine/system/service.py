"""Handing the engine over to the Home Assistant that runs it as an app.

Home Assistant gets the address and a token without anybody typing them. The token is
made once; between starts it lies sealed in the data directory.
"""

import logging
import os
from pathlib import Path

from odin_engine.identity.service import Identity
from odin_engine.kernel.clock import Ticker
from odin_engine.kernel.errors import Refused, Unavailable
from odin_engine.kernel.ids import new_id
from odin_engine.kernel.secrets import KeyUnusable, Secrets
from odin_engine.system.model import API_VERSION
from odin_engine.system.ports import AppHost

_LOG = logging.getLogger(__name__)

SERVICE = "odin"
"""The integration's domain; `addon/odin/config.yaml` lists it under `discovery`."""
KEPT_FILE = "home-assistant.token"
_FIRST_RETRY_S = 2.0
_LAST_RETRY_S = 300.0


class HandOver:
    """Prepares the token before anybody is let in, then offers it until it is taken."""

    def __init__(
        self,
        host: AppHost,
        identity: Identity,
        secrets: Secrets,
        ticker: Ticker,
        data_dir: Path,
    ) -> None:
        self._host = host
        self._identity = identity
        self._secrets = secrets
        self._ticker = ticker
        self._file = data_dir / KEPT_FILE
        self._token = ""

    async def prepare(self) -> None:
        """Makes the token, or finds the one that was made; this ends setup."""
        kept = self._read()
        self._token = await self._identity.house_key.renew(kept)
        if self._token != kept:
            self._write(self._token)

    async def run(self, engine_id: str, port: int) -> None:
        """Offers the engine until Home Assistant's Supervisor takes it, or never will."""
        boot_id = new_id()
        wait_s = _FIRST_RETRY_S
        while True:
            try:
                await self._offer(engine_id, port, boot_id)
            except Refused as refusal:
                _LOG.error("not handed over to Home Assistant: %s", refusal.message)
                return
            except Unavailable as error:
                _LOG.warning(
                    "handing over to Home Assistant again in %d s: %s",
                    wait_s,
                    error.message,
                )
                await self._ticker.sleep(wait_s)
                wait_s = min(wait_s * 2, _LAST_RETRY_S)
            else:
                _LOG.info("handed over to Home Assistant")
                return

    async def _offer(self, engine_id: str, port: int, boot_id: str) -> None:
        config = {
            "host": await self._host.own_host(),
            "port": port,
            "api_version": API_VERSION,
            "engine_id": engine_id,
            "auth_token": self._token,
            # What was offered before, unchanged, is not told to core again; but an entry
            # there may be waiting for just this start.
            "boot_id": boot_id,
        }
        await self._host.offer(SERVICE, config)

    def _read(self) -> str | None:
        try:
            return self._secrets.open(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except KeyUnusable, UnicodeDecodeError:
            _LOG.warning("%s does not fit this engine's key; made anew", self._file)
            return None

    def _write(self, token: str) -> None:
        fresh = self._file.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(self._secrets.seal(token))
        fresh.replace(self._file)
