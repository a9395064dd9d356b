"""People of Home Assistant with a browser each."""

from dataclasses import dataclass

from aiohttp import web
from aiohttp.test_utils import TestClient
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_USER
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

type Browser = TestClient[web.Request, web.Application]


@dataclass
class House:
    """Makes people and opens their browsers."""

    hass: HomeAssistant
    open_client: ClientSessionGenerator
    open_socket: WebSocketGenerator

    async def person(self, name: str, *, is_admin: bool = False) -> tuple[User, str]:
        """Returns a new person and an access token of theirs."""
        group = GROUP_ID_ADMIN if is_admin else GROUP_ID_USER
        user = await self.hass.auth.async_create_user(name, group_ids=[group])
        refresh = await self.hass.auth.async_create_refresh_token(
            user, "https://house.example/", client_name=name
        )
        return user, self.hass.auth.async_create_access_token(refresh)

    async def browser(self, name: str = "Ida", *, is_admin: bool = False) -> Browser:
        """Returns a browser in which a new person is logged in."""
        _, token = await self.person(name, is_admin=is_admin)
        browser: Browser = await self.open_client(token)
        return browser

    async def socket(
        self, name: str = "Ida", *, is_admin: bool = False
    ) -> MockHAClientWebSocket:
        """Returns Home Assistant's socket of a new person."""
        _, token = await self.person(name, is_admin=is_admin)
        return await self.open_socket(self.hass, token)
