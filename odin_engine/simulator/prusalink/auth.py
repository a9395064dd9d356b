"""Who may ask: the key, or HTTP digest as the two servers do it.

The firmware challenges as RFC 2069 has it, and refuses an answer that names an
algorithm; the Pi wants `qop=auth` by `MD5-sess`. Source: Buddy `lib/WUI/nhttp`;
PoorWSGI 2.5 `digest.py`, which the Pi's program uses.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass, field

from odin_engine.simulator.prusalink.http import Request, Response

_PAIR = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
_NONCE_S = 300.0
_PI_NONCE_S = 60.0
_OPAQUE = "9d4e1e23bd5b727046a9e3b4b7db57bd8d6ee684"
_UNAUTHORISED, _FORBIDDEN = 401, 403


@dataclass(eq=False)
class Doorkeeper:
    """Lets in who knows the secret. `logins` counts who tried to prove it."""

    secret: str
    username: str
    is_pi: bool
    logins: int = 0
    _nonces: dict[str, float] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def stop(self, request: Request, now_s: float) -> Response | None:
        """Returns what turns a request away; `None` lets it in."""
        key = request.headers.get("x-api-key")
        proof = request.headers.get("authorization", "")
        if key is not None:
            self.logins += 1
            if self.secret and key == self.secret:
                return None
            if self.is_pi:
                return Response(_FORBIDDEN, b"Bad X-Api-Key.")
            return self._challenge('ApiKey realm="Printer API"')
        if proof.startswith("Digest "):
            self.logins += 1
            return self._judge(request, proof, now_s)
        return self._ask(now_s, is_stale=False)

    def forget_nonces(self) -> None:
        """Makes every nonce an old one."""
        self._nonces = dict.fromkeys(self._nonces, -_NONCE_S)

    def _judge(self, request: Request, proof: str, now_s: float) -> Response | None:
        said = {name: a or b for name, a, b in _PAIR.findall(proof)}
        nonce = said.get("nonce", "")
        born_s = self._nonces.get(nonce)
        if born_s is None or not self._is_right(request, said):
            return self._ask(now_s, is_stale=False)
        if now_s - born_s >= (_PI_NONCE_S if self.is_pi else _NONCE_S):
            return self._ask(now_s, is_stale=True)
        return None

    def _is_right(self, request: Request, said: dict[str, str]) -> bool:
        if said.get("username") != self.username or said.get("uri") != request.target:
            return False
        ha1 = _md5(f"{self.username}:{self._realm}:{self.secret}")
        ha2 = _md5(f"{request.method}:{request.target}")
        nonce = said["nonce"]
        if not self.is_pi:
            return (
                "algorithm" not in said
                and "qop" not in said
                and said.get("response") == _md5(f"{ha1}:{nonce}:{ha2}")
            )
        count = int(said.get("nc", "0"), 16)
        is_asked = said.get("qop") == "auth" and said.get("algorithm") == "MD5-sess"
        if count <= self._counts.get(nonce, 0) or not is_asked:
            return False
        if said.get("opaque") != _OPAQUE:
            return False
        self._counts[nonce] = count
        cnonce = said.get("cnonce", "")
        ha1 = _md5(f"{ha1}:{nonce}:{cnonce}")
        middle = f"{nonce}:{said['nc']}:{cnonce}:auth"
        return said.get("response") == _md5(f"{ha1}:{middle}:{ha2}")

    @property
    def _realm(self) -> str:
        return "Administrator" if self.is_pi else "Printer API"

    def _ask(self, now_s: float, *, is_stale: bool) -> Response:
        nonce = secrets.token_hex(8)
        self._nonces[nonce] = now_s
        stale = "true" if is_stale else "false"
        challenge = f'Digest realm="{self._realm}", nonce="{nonce}", stale={stale}'
        if self.is_pi:
            challenge += f', qop="auth", algorithm=MD5-sess, opaque="{_OPAQUE}"'
        return self._challenge(challenge)

    def _challenge(self, challenge: str) -> Response:
        return Response(
            _UNAUTHORISED, b"401: Unauthorized", {"WWW-Authenticate": challenge}
        )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
