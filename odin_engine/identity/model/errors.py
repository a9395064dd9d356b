"""How asking who somebody is, or changing it, can fail.

`http_status` is a hint to `kernel.http`, where the kind alone is not precise enough.

LoginRequired (Refused)      nobody we know is asking
├── LoginFailed              name and password do not open the door
Forbidden (Refused)          known, and not allowed
├── PermissionMissing        the permission named in it is not held
├── ScopeNotHeld             a token would get more than its maker has
├── CsrfRefused              a browser may have been made to send this
├── OnBehalfRefused          only an act-as token may name another person
├── SetupRefused             the setup code is wrong or too old
TooManyTries (Refused)       wait `retry_after_s`
NameTaken (Conflict)         another user has that name
LastAdmin (Conflict)         somebody must stay in charge
SetupDone (Conflict)         the first administrator exists
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import ClassVar

from odin_engine.kernel.errors import Conflict, Refused


class LoginRequired(Refused):
    """Nobody we know is asking."""

    code = "login_required"
    http_status: ClassVar[int] = HTTPStatus.UNAUTHORIZED


class LoginFailed(LoginRequired):
    """One answer for a wrong name, a wrong password, a locked and a closed account."""

    code = "login_failed"

    def __init__(self) -> None:
        super().__init__(
            "The name or the password is wrong, or the account is locked for some"
            " minutes after too many tries."
        )


class Forbidden(Refused):
    """Known, and not allowed."""

    code = "forbidden"
    http_status: ClassVar[int] = HTTPStatus.FORBIDDEN


class PermissionMissing(Forbidden):
    """The permission in `permission` is not held."""

    code = "permission_missing"

    def __init__(self, permission: str) -> None:
        super().__init__(
            f"This needs the permission {permission}. Ask an administrator."
        )
        self.permission = permission


class ScopeNotHeld(Forbidden):
    """Nobody gives away more than it has; `scopes` are the ones beyond that."""

    code = "scope_not_held"

    def __init__(self, scopes: Iterable[str]) -> None:
        self.scopes = sorted(scopes)
        super().__init__(
            f"You cannot give a token what you may not do: {', '.join(self.scopes)}."
        )


class CsrfRefused(Forbidden):
    """A browser may have been made to send this by another site."""

    code = "csrf_refused"


class OnBehalfRefused(Forbidden):
    """Only a token with the scope act-as may name another person."""

    code = "on_behalf_refused"

    def __init__(self) -> None:
        super().__init__(
            "Only a token with the scope act-as may send X-Odin-On-Behalf-Of."
        )


class TooManyTries(Refused):
    """Too many failures from one address; `retry_after_s` says when to come back."""

    code = "too_many_tries"
    http_status: ClassVar[int] = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(
            f"Too many failed tries from this address. Try again in {retry_after_s} s."
        )
        self.retry_after_s = retry_after_s


class NameTaken(Conflict):
    """Another user has that name, maybe in other letter case."""

    code = "name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is already a user named {name}. Choose another name.")


class LastAdmin(Conflict):
    """Somebody must stay in charge."""

    code = "last_admin"

    def __init__(self) -> None:
        super().__init__(
            "This is the last active administrator. Make another one first."
        )


class SetupDone(Conflict):
    """The first administrator exists; setup is over for good."""

    code = "setup_done"

    def __init__(self) -> None:
        super().__init__("Setup is done. Sign in, or ask an administrator for a user.")


class SetupRefused(Forbidden):
    """The setup code is wrong or too old."""

    code = "setup_refused"
