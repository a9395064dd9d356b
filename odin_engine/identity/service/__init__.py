"""The verbs: signing in, managing users and tokens, setup, the audit log."""

from odin_engine.identity.service.doors import Doors
from odin_engine.identity.service.identity import Identity
from odin_engine.identity.service.logins import Caller, Opened
from odin_engine.identity.service.tokens import Issued, NewToken
from odin_engine.identity.service.users import NewUser

__all__ = ["Caller", "Doors", "Identity", "Issued", "NewToken", "NewUser", "Opened"]
