"""The words of alerts, in English. The reason of a lost link is `printers.model.link`'s."""

from odin_engine.printers.model import Fault, Job, LinkReason, LinkStatus
from odin_engine.printers.model.history import Run
from odin_engine.printers.model.link import link_text

TITLE_MOST_CHARS = 120
_NAME_MOST_CHARS = 60

PLATE_DETAIL = (
    "Take the print off, then confirm that the plate is clear. No print starts here "
    "until then."
)
CONTROL_DETAIL = (
    "It reports, but takes no commands from programs. Switch on its developer mode on "
    "the printer's screen: Settings, LAN only, Developer mode."
)
ATTENTION_DETAIL = "Look at the printer's screen; it says what to do."


def offline(name: str, *, was_printing: bool) -> str:
    """Returns the title for a printer that cannot be heard."""
    if was_printing:
        return f"{name} was lost in the middle of a print"
    return f"{name} does not answer"


def machine_away(name: str, *, was_printing: bool) -> str:
    """Returns the title for a host that answers without its machine."""
    if was_printing:
        return offline(name, was_printing=True)
    return f"{name} is off, or unplugged from its host"


def access_code_refused(name: str) -> str:
    """Returns the title for a wrong access code."""
    return f"{name} refuses its access code or key"


def wrong_printer(name: str) -> str:
    """Returns the title for an address that leads to another machine."""
    return f"Another printer answers in place of {name}"


def certificate_changed(name: str) -> str:
    """Returns the title for a certificate that nobody confirmed."""
    return f"{name} shows another certificate"


def silent(name: str) -> str:
    """Returns the title for a connection on which nothing comes."""
    return f"{name} is connected, but says nothing"


def link_detail(status: LinkStatus, reason: LinkReason | None) -> str:
    """Returns why a link is lost and what to do."""
    said = link_text(status, reason)
    return " ".join(filter(None, (said.text, said.remedy)))


def control_refused(name: str) -> str:
    """Returns the title for a printer that may only be watched."""
    return f"{name} refuses commands"


def fault(name: str, found: Fault) -> tuple[str, str]:
    """Returns title and detail of a fault; a long text goes into the detail."""
    title = f"{name}: {found.text.rstrip('.')}"
    if len(title) <= TITLE_MOST_CHARS:
        return title, ""
    return f"{name} reports a fault", found.text


def attention(name: str, reason: str, job: Job | None) -> tuple[str, str]:
    """Returns title and detail for a printer that waits for a person.

    `reason` is a stage's word, such as `paused_filament_runout`, or `attention`.
    """
    label = job.stage_text if job and job.stage == reason else None
    said = f"{label.rstrip('.')}. " if label else ""
    return f"{name} waits for you", f"{said}{ATTENTION_DETAIL}"


def plate(name: str) -> str:
    """Returns the title for a plate that holds the next print back."""
    return f"Clear the plate of {name}"


def print_failed(name: str, run: Run) -> tuple[str, str]:
    """Returns title and detail of a print that failed."""
    what = f"“{run.name[:_NAME_MOST_CHARS]}”" if run.name else "A print"
    return f"{what} failed on {name}", _how_far(run)


def _how_far(run: Run) -> str:
    if run.progress_pct is None:
        return ""
    layer = ""
    if run.layer and run.total_layers:
        layer = f", layer {run.layer} of {run.total_layers}"
    return f"It stopped at {run.progress_pct} %{layer}."
