"""The file server of a printer: implicit TLS, passive, one user.

Written here rather than taken from pyftpdlib: a simulator must decide what a library hides,
such as whether the data channel resumes the control channel's session, what is answered
and when; and it runs on the one event loop of all machines.

Source: docs/protocols/bambu.md §9.
"""

import asyncio
from pathlib import PurePosixPath

from odin_engine.simulator.bambu.ftps_session import FtpsHabits, FtpsSession, Traffic
from odin_engine.simulator.listening import hang_up

__all__ = ["FtpsHabits", "FtpsServer"]


class FtpsServer:
    """Accepts control connections on one address."""

    def __init__(self, habits: FtpsHabits) -> None:
        self.habits = habits
        self._traffic = Traffic()
        self._server: asyncio.Server | None = None
        self._sessions: set[FtpsSession] = set()

    @property
    def uploads(self) -> list[PurePosixPath]:
        """Lists finished uploads in order."""
        return self._traffic.uploads

    async def listen(self, host: str, port: int) -> int:
        """Opens the port and gives its number."""
        self._server = await asyncio.start_server(
            self._accept, host, port, ssl=self.habits.context
        )
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Closes the port and cuts every session."""
        if self._server is not None:
            hang_up(self._server, cut=True)
            for session in list(self._sessions):
                session.abort()
            await self._server.wait_closed()
            self._server = None

    async def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        host = writer.get_extra_info("sockname")[0]
        session = FtpsSession(self.habits, self._traffic, reader, writer, host)
        self._sessions.add(session)
        try:
            await session.run()
        except OSError, asyncio.IncompleteReadError, ValueError:
            # The client went away or sent a line without end: nobody is left to tell.
            pass
        finally:
            self._sessions.discard(session)
            writer.close()
