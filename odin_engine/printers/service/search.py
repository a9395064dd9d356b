"""What is known of the file of a print, and how the search for it went."""

import math
from dataclasses import dataclass, field

from odin_engine.printers.model import Job, PrintDetails, PrintFileUnavailable
from odin_engine.printers.model.details import is_another_print

RETRY_FIRST_S = 60.0
RETRY_MOST_S = 3600.0
UNASKED_MOST = 3
"""How often it is tried while nobody asks."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a file told of one plate; pictures are digests in `Pictures`."""

    details: PrintDetails
    picture: str | None = None
    small_picture: str | None = None


@dataclass(slots=True, eq=False)
class Search:
    """The search for the file of one print. A failure is kept, with when to try again."""

    job: Job
    known: Known | None = None
    failure: PrintFileUnavailable | None = None
    attempts: int = 0
    retry_at_s: float = 0.0

    def is_for(self, job: Job | None) -> bool:
        """Whether this may be the search for that job."""
        return job is not None and not is_another_print(self.job, job)

    def fail(self, failure: PrintFileUnavailable, now_s: float) -> None:
        """Takes note that it failed; the next try is later each time."""
        self.attempts += 1
        self.failure = failure
        pause_s = min(RETRY_FIRST_S * 2 ** (self.attempts - 1), RETRY_MOST_S)
        self.retry_at_s = math.inf if failure.is_final else now_s + pause_s

    def refusal(self, now_s: float) -> PrintFileUnavailable | None:
        """Returns the last failure while it is too early to try again."""
        if self.failure is None or now_s >= self.retry_at_s:
            return None
        told = PrintFileUnavailable(self.failure.because, self.failure.message)
        if math.isfinite(self.retry_at_s):
            told.retry_after_s = self.retry_at_s - now_s
        return told

    def is_worth_trying(self, now_s: float) -> bool:
        """Whether to look again although nobody asks."""
        return (
            self.known is None
            and self.attempts < UNASKED_MOST
            and now_s >= self.retry_at_s
        )


@dataclass(frozen=True, slots=True)
class Ordered:
    """The print that we sent last: what its token stands for."""

    token: int
    file: str
    plate: int


@dataclass(slots=True)
class Sent:
    """What is known of files that we put on a printer, by name and plate.

    `whole` names those of which every plate is known.
    """

    files: dict[str, dict[int, Known]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)

    def keep(self, name: str, plates: dict[int, Known]) -> None:
        """Remembers every plate of a file; the file that was sent first goes."""
        self.forget(name)
        self.files[name] = plates
        self.whole.add(name)
        while len(self.files) > _SENT_MOST:
            self.forget(next(iter(self.files)))

    def keep_plate(self, name: str, plate: int, known: Known) -> None:
        """Remembers one plate of a file whose others nobody looked at."""
        plates = self.files.get(name, {}) | {plate: known}
        self.keep(name, plates)
        self.whole.discard(name)

    def forget(self, name: str) -> None:
        """Forgets a file that is gone, or is another now."""
        self.files.pop(name, None)
        self.whole.discard(name)

    def find(self, name: str, plate: int) -> Known | None:
        """Returns what is known of a plate."""
        return self.files.get(name, {}).get(plate)

    def plates(self, name: str) -> dict[int, Known] | None:
        """Returns every plate of a file by number, `None` unless all are known."""
        return self.files.get(name) if name in self.whole else None


_SENT_MOST = 8
