"""How talking to a printer can fail. Drivers raise these and nothing else.

DriverError (Unavailable)
├── Unreachable         no answer at that address, or the link was lost
├── LoginRejected       the access code or key was refused
├── WrongSerial         a machine answers, but it is another one
├── CertificateChanged  the pinned certificate is not the one shown; nothing was sent
├── CommandTimedOut     sent, and neither confirmed nor refused in time
├── ProtocolViolation   the answer makes no sense
└── PrintFileUnavailable  what is printed cannot be looked into (see `details`)
CommandRejected (Refused)   the printer said no; `device_code` is its own word
NotSupported (Refused)      this model or firmware cannot do that
"""

from odin_engine.kernel.errors import Refused, Unavailable


class DriverError(Unavailable):
    """The printer or the way to it failed."""

    code = "printer_unavailable"


class Unreachable(DriverError):
    """No answer at that address, or the link was lost."""

    code = "printer_unreachable"


class LoginRejected(DriverError):
    """The access code or key was refused; trying again without a new one is useless."""

    code = "printer_login_rejected"


class WrongSerial(DriverError):
    """A machine answers at the address, and it is not the one expected."""

    code = "printer_wrong_serial"

    def __init__(self, message: str, expected: str, found: str) -> None:
        super().__init__(message)
        self.expected = expected
        self.found = found


class CertificateChanged(DriverError):
    """The certificate is not the pinned one. No secret was sent.

    Both fingerprints are the SHA-256 of the leaf certificate, 64 lower-case hex digits.
    """

    code = "printer_certificate_changed"

    def __init__(self, message: str, pinned: str, found: str) -> None:
        super().__init__(message)
        self.pinned = pinned
        self.found = found


class CommandTimedOut(DriverError):
    """Sent, and neither confirmed nor refused in time. Look before trying again."""

    code = "printer_command_timed_out"


class ProtocolViolation(DriverError):
    """The answer makes no sense for this protocol."""

    code = "printer_protocol_violation"


class CommandRejected(Refused):
    """The printer said no; `device_code` is its own word for why, if it gave one."""

    code = "printer_command_rejected"

    def __init__(self, message: str, device_code: str | None = None) -> None:
        super().__init__(message)
        self.device_code = device_code


class NotSupported(Refused):
    """This model or firmware cannot do that."""

    code = "printer_not_supported"
