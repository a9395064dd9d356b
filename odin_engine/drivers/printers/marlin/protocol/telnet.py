"""RFC 2217 as its client needs it: bytes in clear, the baud rate set. No I/O.

A bridge that refuses the option is told apart from one that says nothing to it.
Source: RFC 2217 §3, RFC 854, RFC 856.
"""

from dataclasses import dataclass, field

_IAC, _DONT, _DO, _WONT, _WILL, _SB, _SE = 255, 254, 253, 252, 251, 250, 240
_BINARY, _NO_GO_AHEAD, _COM_PORT = 0, 3, 44
_OURS = frozenset({_BINARY, _NO_GO_AHEAD, _COM_PORT})
_THEIRS = frozenset({_BINARY, _NO_GO_AHEAD})
_SET_BAUD, _SET_SIZE, _SET_PARITY, _SET_STOP, _SET_CONTROL = 1, 2, 3, 4, 5
_ANSWER = 100
_NO_FLOW_CONTROL = 1
_DTR_ON, _DTR_OFF = 8, 9
_SUB_MOST = 256
"""Longer than any answer of the option."""


def escape(data: bytes) -> bytes:
    """Returns bytes as they travel in a telnet connection."""
    return data.replace(b"\xff", b"\xff\xff")


@dataclass(slots=True)
class Telnet:
    """One connection's telnet state. `is_agreed` is `None` until the server answered."""

    baudrate: int
    is_agreed: bool | None = None
    _rest: bytes = b""
    _sub: bytearray | None = None
    _said: set[tuple[int, int]] = field(default_factory=set)

    def greeting(self) -> bytes:
        """Returns what is sent first."""
        return b"".join(
            self._say(verb, option)
            for verb, option in (
                (_WILL, _COM_PORT),
                (_WILL, _BINARY),
                (_DO, _BINARY),
            )
        )

    def hear(self, data: bytes) -> tuple[bytes, bytes]:
        """Returns the machine's bytes, and what is to be answered to the server."""
        if self._sub is None and not self._rest and b"\xff" not in data:
            return data, b""
        data, self._rest = self._rest + data, b""
        clear, answers, at = bytearray(), bytearray(), 0
        while at < len(data):
            mark = data.find(b"\xff", at)
            end = len(data) if mark < 0 else mark
            self._take(data[at:end], clear)
            if mark < 0:
                break
            used = self._command(data, mark, clear, answers)
            if used == 0:
                self._rest = data[mark:]
                break
            at = mark + used
        return bytes(clear), bytes(answers)

    def data_terminal_ready(self, *, is_on: bool) -> bytes:
        """Returns what sets the line of that name (DTR), on which boards reset."""
        return _sub(_SET_CONTROL, bytes((_DTR_ON if is_on else _DTR_OFF,)))

    def _take(self, data: bytes, clear: bytearray) -> None:
        if self._sub is None:
            clear += data
        elif len(self._sub) < _SUB_MOST:
            self._sub += data

    def _command(
        self, data: bytes, at: int, clear: bytearray, answers: bytearray
    ) -> int:
        """Does the command at `at`; returns its length, 0 if the rest is missing."""
        if at + 1 >= len(data):
            return 0
        verb = data[at + 1]
        if verb == _IAC:
            self._take(b"\xff", clear)
        elif verb == _SB:
            self._sub = bytearray()
        elif verb == _SE:
            self._sub = None
        elif verb in {_DO, _DONT, _WILL, _WONT}:
            if at + 2 >= len(data):
                return 0
            answers += self._negotiate(verb, data[at + 2])
            return 3
        return 2

    def _negotiate(self, verb: int, option: int) -> bytes:
        if option == _COM_PORT and verb in {_DO, _DONT}:
            was_agreed, self.is_agreed = self.is_agreed, verb == _DO
            return self._settings() if self.is_agreed and not was_agreed else b""
        if verb == _DO:
            return self._say(_WILL if option in _OURS else _WONT, option)
        if verb == _WILL:
            return self._say(_DO if option in _THEIRS else _DONT, option)
        return b""

    def _say(self, verb: int, option: int) -> bytes:
        """Returns a word of negotiation once; repeated, two sides answer for ever."""
        if (verb, option) in self._said:
            return b""
        self._said.add((verb, option))
        return bytes((_IAC, verb, option))

    def _settings(self) -> bytes:
        return b"".join(
            _sub(code, value)
            for code, value in (
                (_SET_BAUD, self.baudrate.to_bytes(4)),
                (_SET_SIZE, b"\x08"),
                (_SET_PARITY, b"\x01"),
                (_SET_STOP, b"\x01"),
                (_SET_CONTROL, bytes((_NO_FLOW_CONTROL,))),
            )
        )


def _sub(code: int, value: bytes) -> bytes:
    return bytes((_IAC, _SB, _COM_PORT, code)) + escape(value) + bytes((_IAC, _SE))
