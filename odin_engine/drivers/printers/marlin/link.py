"""The bytes of one serial line, over whatever carries them. A loss is told, not mended."""

import asyncio
import contextlib
import errno
import ipaddress
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from odin_engine.drivers.printers.marlin.place import Place, Transport
from odin_engine.drivers.printers.marlin.protocol.telnet import Telnet, escape
from odin_engine.printers.model import Unreachable

if TYPE_CHECKING:
    import serialx

_OPEN_S = 10.0
_DEVICES = Path("/dev")
_REFUSES_RFC2217 = (
    "{place} does not speak RFC 2217, as many small bridges do not. Choose raw TCP for "
    "this printer; the bridge itself then sets the baud rate."
)


class Wire(asyncio.Protocol):
    """One open line. `deliver` gets its bytes; `lost` is done when it has ended."""

    def __init__(self, place: Place, deliver: Callable[[bytes], None]) -> None:
        self._place = place
        self._deliver = deliver
        self._transport: asyncio.WriteTransport | None = None
        is_telnet = not place.is_device and place.transport is Transport.RFC2217
        self._telnet = Telnet(place.baudrate) if is_telnet else None
        loop = asyncio.get_running_loop()
        self.lost: asyncio.Future[Unreachable] = loop.create_future()
        self._agreed: asyncio.Future[None] = loop.create_future()

    async def open(self) -> None:
        """Opens the line, exclusively where it is a device.

        Raises:
            DriverError: it cannot be had; the sentence says why.
        """
        try:
            async with asyncio.timeout(_OPEN_S):
                if self._place.is_device:
                    await self._open_device()
                else:
                    await self._connect()
                if self._telnet is not None:
                    await self._agreed
        except TimeoutError:
            self.close()
            raise Unreachable(f"{self._place} does not answer.") from None
        except OSError as error:
            self.close()
            raise Unreachable(_why(self._place, error)) from error
        except BaseException:
            self.close()
            raise

    async def _connect(self) -> None:
        host = self._place.host
        try:
            ipaddress.ip_address(host)
        except ValueError:
            # Names were looked up, and judged, before they came here.
            raise Unreachable(f"{host} is no IP address.") from None
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self, host, self._place.port)

    async def _open_device(self) -> None:
        await asyncio.to_thread(_check_device, self._place)
        try:
            import serialx  # noqa: PLC0415 - only those with a cable pay for it
        except ImportError as error:
            raise Unreachable(
                "This engine was installed without the package serialx, which it needs "
                "for serial ports."
            ) from error
        try:
            await serialx.create_serial_connection(
                asyncio.get_running_loop(),
                lambda: self,
                self._place.host,
                self._place.baudrate,
                exclusive=True,
                # Boards that reset when DTR falls would do so at every close (§11.11).
                dtr_on_close=serialx.PinState.UNDEFINED,
                rts_on_close=serialx.PinState.UNDEFINED,
            )
        except (serialx.SerialException, ValueError) as error:
            raise Unreachable(
                f"{self._place} cannot be set to {self._place.baudrate} baud: {error}"
            ) from error

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Implements `asyncio.Protocol`."""
        self._transport = cast("asyncio.WriteTransport", transport)
        if self._telnet is not None:
            self._transport.write(self._telnet.greeting())

    def data_received(self, data: bytes) -> None:
        """Implements `asyncio.Protocol`."""
        if self._telnet is None:
            self._deliver(data)
            return
        data, answer = self._telnet.hear(data)
        if answer and self._transport is not None:
            self._transport.write(answer)
        if self._telnet.is_agreed is not None and not self._agreed.done():
            if self._telnet.is_agreed:
                self._agreed.set_result(None)
            else:
                text = _REFUSES_RFC2217.format(place=self._place)
                self._agreed.set_exception(Unreachable(text))
        if data:
            self._deliver(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Implements `asyncio.Protocol`."""
        self._transport = None
        because = f": {exc}" if exc is not None else "."
        error = Unreachable(f"The line to {self._place} was lost{because}")
        if not self.lost.done():
            self.lost.set_result(error)
        if not self._agreed.done():
            self._agreed.set_exception(error)
            # Nobody waits for it any more where the line was open already.
            self._agreed.exception()

    async def set_dtr(self, *, is_on: bool) -> None:
        """Sets the line on which many boards reset, where there is one."""
        if self._transport is None:
            return
        if self._telnet is not None:
            self._transport.write(self._telnet.data_terminal_ready(is_on=is_on))
        elif self._place.is_device:
            transport = cast("serialx.BaseSerialTransport", self._transport)
            with contextlib.suppress(OSError):
                await transport.set_modem_pins(dtr=is_on)

    def write(self, data: bytes) -> None:
        """Sends bytes; into a lost line they go nowhere."""
        if self._transport is None:
            return
        # A device that was just pulled refuses here, before `connection_lost` comes.
        with contextlib.suppress(OSError):
            self._transport.write(escape(data) if self._telnet is not None else data)

    def close(self) -> None:
        """Ends the line at once; bytes that wait are not sent."""
        if self._transport is not None:
            self._transport.abort()
        elif not self.lost.done():
            self.lost.set_result(Unreachable("The connection was closed."))


def _check_device(place: Place) -> None:
    path = Path(place.host).resolve()
    if not path.is_relative_to(_DEVICES):
        raise Unreachable(f"{place} is no device of this computer.")
    if not stat.S_ISCHR(path.stat().st_mode):
        raise Unreachable(f"{place} is no serial port.")


def _why(place: Place, error: OSError) -> str:
    if not place.is_device:
        return f"{place} cannot be reached: {error.strerror or error}."
    if isinstance(error, FileNotFoundError):
        return f"There is no {place}. Is the printer's cable plugged in and the printer on?"
    if isinstance(error, PermissionError):
        return (
            f"The engine may not open {place}. Give it the device, or put its user into "
            "the group that owns it (often dialout)."
        )
    if error.errno in {errno.EBUSY, errno.EAGAIN}:
        return f"Another program has {place} open. Close it: two cannot share a line."
    return f"{place} cannot be opened: {error.strerror or error}."
