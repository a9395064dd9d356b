"""HTTP digest authentication, the client's half. Pure.

Two generations are in use: the Buddy firmware challenges as RFC 2069 did, without `qop`
and `algorithm`, and rejects an answer that names them; the program on the Pi asks for
`qop=auth`. Source: RFC 2069 §2.1 with its erratum 749, RFC 7616 §3.4.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

_LONGEST = 4096
_SCHEME = re.compile(r"(?:^|[,\s])digest\s+", re.IGNORECASE)
_PAIR = re.compile(
    r"\s*([A-Za-z][\w-]{0,31})\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s,\"]+))\s*(?:,|$)"
)
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a server asks to be answered. `qop` is `auth` or `None`."""

    realm: str
    nonce: str
    opaque: str | None = None
    qop: str | None = None
    algorithm: str | None = None
    is_stale: bool = False


def parse_challenge(header: str) -> Challenge | None:
    """Returns the digest challenge in a `WWW-Authenticate`, `None` if there is none."""
    start = _SCHEME.search(header[:_LONGEST])
    if start is None:
        return None
    values: dict[str, str] = {}
    place = start.end()
    while (pair := _PAIR.match(header, place, _LONGEST)) is not None:
        quoted = pair[2]
        values[pair[1].lower()] = (
            _ESCAPED.sub(r"\1", quoted) if quoted is not None else pair[3]
        )
        place = pair.end()
    algorithm = values.get("algorithm")
    offered = {each.strip().lower() for each in values.get("qop", "").split(",")}
    if "realm" not in values or not values.get("nonce") or _hash(algorithm) is None:
        return None
    if offered - {""} and "auth" not in offered:
        return None
    return Challenge(
        realm=values["realm"],
        nonce=values["nonce"],
        opaque=values.get("opaque"),
        qop="auth" if "auth" in offered else None,
        algorithm=algorithm,
        is_stale=values.get("stale", "").lower() == "true",
    )


def authorization(
    challenge: Challenge,
    username: str,
    password: str,
    method: str,
    target: str,
    *,
    cnonce: str = "",
    count: int = 1,
) -> str:
    """Returns the `Authorization` that answers a challenge.

    `target` is the request's target as it stands on the wire, escapes included. `count`
    is how often the nonce was answered, from 1. What the challenge did not name is not
    named in the answer either.
    """
    digest = _hash(challenge.algorithm) or _md5
    secret = digest(f"{username}:{challenge.realm}:{password}")
    if (challenge.algorithm or "").lower().endswith("-sess"):
        secret = digest(f"{secret}:{challenge.nonce}:{cnonce}")
    asked = digest(f"{method}:{target}")
    parts = [
        _quoted("username", username),
        _quoted("realm", challenge.realm),
        _quoted("nonce", challenge.nonce),
        _quoted("uri", target),
    ]
    if challenge.qop is None:
        response = digest(f"{secret}:{challenge.nonce}:{asked}")
    else:
        times = f"{count:08x}"
        response = digest(
            f"{secret}:{challenge.nonce}:{times}:{cnonce}:{challenge.qop}:{asked}"
        )
        parts += [f"qop={challenge.qop}", f"nc={times}", _quoted("cnonce", cnonce)]
    parts.append(_quoted("response", response))
    if challenge.opaque is not None:
        parts.append(_quoted("opaque", challenge.opaque))
    if challenge.algorithm is not None:
        parts.append(f"algorithm={challenge.algorithm}")
    return f"Digest {', '.join(parts)}"


def _quoted(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name}="{escaped}"'


def _hash(algorithm: str | None) -> Callable[[str], str] | None:
    match (algorithm or "MD5").upper().removesuffix("-SESS"):
        case "MD5":
            return _md5
        case "SHA-256":
            return _sha256
        case _:
            return None


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
