"""The server's side of RFC 2217, as ser2net and ESP-Link speak it. Source: RFC 2217."""

from dataclasses import dataclass, field

_IAC, _DONT, _DO, _WONT, _WILL, _SB, _SE = 255, 254, 253, 252, 251, 250, 240
_BINARY, _NO_GO_AHEAD, _COM_PORT = 0, 3, 44
_SET_BAUD, _SET_CONTROL = 1, 5


@dataclass(slots=True)
class TelnetServer:
    """One connection; `refuses` it does the option, as many small bridges do."""

    refuses: bool = False
    baudrate: int | None = None
    drops_dtr: bool = False
    _data: bytearray = field(default_factory=bytearray)

    def hear(self, data: bytes) -> tuple[bytes, bytes]:
        """Returns the bytes for the machine, and the answer to the client."""
        self._data += data
        clear, answer = bytearray(), bytearray()
        while self._data:
            if self._data[0] != _IAC:
                clear.append(self._data.pop(0))
                continue
            used = self._command(clear, answer)
            if used == 0:
                break
            del self._data[:used]
        return bytes(clear), bytes(answer)

    def _command(self, clear: bytearray, answer: bytearray) -> int:
        """Does the command at the beginning; returns its length, 0 if it is cut off."""
        verb = self._data[1] if len(self._data) > 1 else 0
        used = 2 if verb else 0
        if verb == _IAC:
            clear.append(_IAC)
        elif verb in {_WILL, _WONT, _DO, _DONT}:
            used = 3 if len(self._data) > 2 else 0
            if used:
                answer += self._negotiate(verb, self._data[2])
        elif verb == _SB:
            end = self._data.find(bytes((_IAC, _SE)))
            used = end + 2 if end > 0 else 0
            if used:
                answer += self._settle(bytes(self._data[2:end]))
        return used

    def _negotiate(self, verb: int, option: int) -> bytes:
        known = {_BINARY, _NO_GO_AHEAD} | (set() if self.refuses else {_COM_PORT})
        if verb == _WILL:
            return bytes((_IAC, _DO if option in known else _DONT, option))
        if verb == _DO:
            return bytes((_IAC, _WILL if option in known else _WONT, option))
        return b""

    def _settle(self, body: bytes) -> bytes:
        body = body.replace(b"\xff\xff", b"\xff")
        if len(body) < 2 or body[0] != _COM_PORT:
            return b""
        if body[1] == _SET_CONTROL and body[2:] == b"\x09":
            self.drops_dtr = True
        if body[1] == _SET_BAUD and len(body) >= 6:
            self.baudrate = int.from_bytes(body[2:6])
        said = bytes((_COM_PORT, body[1] + 100)) + body[2:]
        return (
            bytes((_IAC, _SB)) + said.replace(b"\xff", b"\xff\xff") + bytes((_IAC, _SE))
        )
