"""What one machine said, kept current frame by frame, and the state it amounts to.

Everything happens in `hear`, where the frame was read: parse, fold, translate, compare.
"""

from collections import deque
from collections.abc import Callable

from odin_engine.drivers.printers.elegoo.exchange import Exchange
from odin_engine.drivers.printers.elegoo.protocol.dialect import Limits
from odin_engine.drivers.printers.elegoo.protocol.document import (
    Document,
    fold,
    settle,
)
from odin_engine.drivers.printers.elegoo.protocol.messages import (
    Attributes,
    Message,
    Reply,
    Status,
    Unknown,
    parse,
)
from odin_engine.drivers.printers.elegoo.protocol.translate import translate
from odin_engine.kernel.clock import Clock
from odin_engine.printers.model import PrinterState

_ATTRIBUTES_S = 3.0
"""How long a first status waits for what the machine is; both are asked for at once."""
_HISTORY_S = 10.0
"""How long the history may take to say how a job ended."""


class Mirror:
    """Holds the document of a machine across its connections.

    `fresh` are the states that nobody has taken yet; `news` is called when one comes.
    """

    def __init__(
        self,
        limits: Limits,
        exchange: Exchange,
        clock: Clock,
        news: Callable[[], None],
        check_board: Callable[[str], None],
    ) -> None:
        self._exchange = exchange
        self._clock = clock
        self._news = news
        self._check_board = check_board
        self._is_shown = False
        self._is_described = False
        self._begun_s = 0.0
        self._ending_s: float | None = None
        self.document = Document(limits=limits)
        self.state: PrinterState | None = None
        self.fresh: deque[PrinterState] = deque()
        self.heard_s: float | None = None
        self.reported_s = 0.0
        self.rejected = 0

    def begin(self) -> None:
        """Prepares for a new connection: its first state is shown, the same one too."""
        self.fresh.clear()
        self._is_shown = self._is_described = False
        self._begun_s = self.reported_s = self._clock.monotonic_s()

    def hear(self, frame: str) -> None:
        """Takes one frame. What makes no sense is counted, and harms nothing."""
        self.heard_s = self._clock.monotonic_s()
        message = parse(frame)
        if isinstance(message, Unknown):
            self.rejected += 1
            return
        self.learn(message)
        if isinstance(message, Reply):
            self._exchange.heard(message)

    def learn(self, message: Message) -> None:
        """Folds a message, and shows what came of it."""
        if isinstance(message, Status | Attributes) and message.board:
            self._check_board(message.board)
        if isinstance(message, Status):
            self.reported_s = self._clock.monotonic_s()
        elif isinstance(message, Attributes):
            self._is_described = True
        self.take(fold(self.document, message, self._clock.now()))
        if isinstance(message, Status) and self.state is not None:
            # Only a report confirms: what else is learned shows an older one again.
            self._exchange.heard_state(self.state)

    def take(self, document: Document) -> None:
        """Makes a document the current one; a state that differs is handed on."""
        self.document = document
        if not document.run.is_ending:
            self._ending_s = None
        elif self._ending_s is None:
            self._ending_s = self._clock.monotonic_s()
        self._show()

    def look_at_clock(self) -> None:
        """Shows a machine that never says what it is, and ends what never ended."""
        now_s = self._clock.monotonic_s()
        if self._ending_s is not None and now_s - self._ending_s >= _HISTORY_S:
            self.take(settle(self.document))
        elif not self._is_shown:
            self._show()

    def _show(self) -> None:
        if not self.document.has_status:
            return
        waited_s = self._clock.monotonic_s() - self._begun_s
        if not self._is_described and waited_s < _ATTRIBUTES_S:
            return
        state = translate(self.document, self.state)
        if state is not self.state or not self._is_shown:
            self._is_shown = True
            self.state = state
            self.fresh.append(state)
            self._news()
