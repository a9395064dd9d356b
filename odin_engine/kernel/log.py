"""The engine's log: console text or JSON lines on stderr, without secrets.

What may not be shown is hidden last, in the finished line: first every value known to
be secret, then whatever looks like one.
"""

import logging
import re
import sys
from datetime import UTC, datetime
from typing import Literal, TextIO, override

import orjson

from odin_engine.kernel.secrets import KnownSecrets

MASK = "***"

type LogFormat = Literal["console", "json"]

_TALKATIVE = ("alembic", "uvicorn")
"""They log every socket, and a line for whatever nonsense a stranger sends."""

_NAMES = (
    r"pass(?:word|wd|phrase)?|access[_-]?code|setup[_-]?code|api[_-]?key|secret|token"
)
_PATTERNS = (
    # user:password@ in any address; the access code in bblp:…@ among them
    re.compile(r"(?P<keep>(?:://|\bbblp)[^\s:/@'\"]*:)[^\s@'\"]+(?=@)"),
    re.compile(r"(?P<keep>\bodin_)(?=[\w-]*\d)[\w-]{16,}"),
    re.compile(
        r"(?P<keep>(?:proxy-)?authorization['\"]?\s*[:=,]\s*b?['\"]?)[^\r\n'\"]+",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?P<keep>\b(?:set-)?cookie['\"]?\s*[:=,]\s*b?['\"]?)[^\r\n'\"]+",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<keep>\b(?:bearer|basic|digest)\s+)[\w.~+/=-]{8,}", re.IGNORECASE),
    re.compile(
        rf"(?P<keep>\b[\w-]*(?:{_NAMES})['\"]?\s*[:=]\s*b?['\"]?)[^\s'\"&,;)}}\]]+",
        re.IGNORECASE,
    ),
)
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), 127)} | {
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\t",
}


class Redactor:
    """Takes secrets out of text."""

    def __init__(self, known: KnownSecrets) -> None:
        self._known = known

    def __call__(self, text: str) -> str:
        """Returns the text with every secret masked."""
        text = self._known.hide_in(text, MASK)
        for pattern in _PATTERNS:
            text = pattern.sub(rf"\g<keep>{MASK}", text)
        return text


class _ConsoleFormatter(logging.Formatter):
    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    @override
    def format(self, record: logging.LogRecord) -> str:
        # A line break in a message would let a printer's name forge a line of its own.
        line = (
            f"{_instant(record):%Y-%m-%d %H:%M:%S}Z {record.levelname:<7} "
            f"{record.name}: {record.getMessage().translate(_CONTROLS)}"
        )
        # So would one in the text of an exception, which a traceback ends with.
        trace = [each.translate(_CONTROLS) for each in _trace(self, record).split("\n")]
        return self._redact("\n  ".join([line, *filter(None, trace)]))


class _JsonFormatter(logging.Formatter):
    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    @override
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": _instant(record).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._redact(record.getMessage()),
        }
        trace = _trace(self, record)
        if trace:
            line["trace"] = self._redact(trace)
        return orjson.dumps(line).decode()


def set_up_logging(
    log_format: LogFormat,
    level: str,
    known: KnownSecrets,
    stream: TextIO | None = None,
) -> None:
    """Sends every log line of the process, redacted, to stderr (or `stream`)."""
    redact = Redactor(known)
    is_json = log_format == "json"
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        _JsonFormatter(redact) if is_json else _ConsoleFormatter(redact)
    )
    root = logging.getLogger()
    for old in tuple(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    if level != "debug":
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.ERROR)


def print_past_redaction(text: str, stream: TextIO | None = None) -> None:
    """Shows a secret on purpose, once, to whoever started the engine: the setup code."""
    out = stream or sys.stderr
    out.write(f"{text}\n")
    out.flush()


def _instant(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    parts = [
        formatter.formatException(record.exc_info) if record.exc_info else "",
        formatter.formatStack(record.stack_info) if record.stack_info else "",
    ]
    return "\n".join(part for part in parts if part)
