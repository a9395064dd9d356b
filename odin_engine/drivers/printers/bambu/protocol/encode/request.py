"""What `encode` makes: a message to send, and how to tell that it was done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from odin_engine.drivers.printers.bambu.protocol.models import ModelInfo
from odin_engine.printers.model import PrinterState

TOGGLE_S = 10.0
START_S = 30.0
"""How long acknowledgements and confirming reports may take (§8.1)."""

type Confirms = Callable[[PrinterState], bool]


class Wire(Protocol):
    """A printer's report, merged; a `Document`, or a plain dict."""

    def get(self, key: str, /) -> Any:  # noqa: ANN401 - a wire value
        """Returns a top-level field."""
        ...


@dataclass(frozen=True, slots=True)
class Machine:
    """Whom a command is for: its model, its state, and what it reported."""

    model: ModelInfo
    state: PrinterState
    wire: Wire = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Request:
    """One message: `{namespace: {"sequence_id": …, **body}}`.

    It is done when the printer acknowledges it, if `is_settled_by_ack`, or when a
    report that came after it satisfies `confirms`; with neither, once it is sent.
    `follow` makes the next messages from the acknowledgement; it raises where that
    makes no sense.
    """

    namespace: str
    body: Mapping[str, Any]
    qos: int = 0
    is_settled_by_ack: bool = True
    confirms: Confirms | None = None
    timeout_s: float = TOGGLE_S
    follow: Callable[[Mapping[str, Any]], tuple[Request, ...]] | None = None

    @property
    def awaits_nothing(self) -> bool:
        """Whether it is done once it is sent."""
        return not self.is_settled_by_ack and self.confirms is None

    @property
    def command(self) -> str:
        """The message's own word for what it asks."""
        return str(self.body["command"])

    def payload(self, sequence_id: str) -> dict[str, Any]:
        """Returns the JSON object to send under a number."""
        return {self.namespace: {"sequence_id": sequence_id, **self.body}}


def printing(command: str, *, confirms: Confirms | None = None, **body: Any) -> Request:  # noqa: ANN401 - wire values
    """Returns a request of the `print` namespace with QoS 0."""
    return Request("print", {"command": command, **body}, confirms=confirms)


def gcode(*lines: str, confirms: Confirms | None = None) -> Request:
    """Returns a request that runs lines of G-code."""
    text = "".join(f"{line}\n" for line in lines)
    return printing("gcode_line", param=text, confirms=confirms)
