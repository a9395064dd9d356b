"""How often to look. Pure.

A board with the Buddy firmware answers each request on the core that also drives the
network; whoever asks more often than needed takes from the print. Source: the rates at
which the maker's own page and Home Assistant ask.
"""

from dataclasses import dataclass

from odin_engine.printers.model import Activity


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two looks, by what is going on.

    After a command, for `quick_for_s`, and while a print prepares it is `quick_s`.
    `job_s` is how often a job is looked at besides, `around_s` how often what hardly
    ever changes is, `missing_s` where there is no storage. After `failures` in a row, `retry_s` apart, the link is lost.
    """

    running_s: float = 5.0
    quick_s: float = 2.0
    quick_for_s: float = 30.0
    idle_s: float = 20.0
    job_s: float = 30.0
    around_s: float = 600.0
    missing_s: float = 60.0
    retry_s: float = 3.0
    failures: int = 5

    def gap_s(self, activity: Activity | None, *, is_quick: bool) -> float:
        """Returns how long to wait after a look."""
        if is_quick or activity is Activity.PREPARING:
            return self.quick_s
        is_running = activity is not None and activity.has_running_job
        if is_running or activity is Activity.ATTENTION:
            return self.running_s
        return self.idle_s
