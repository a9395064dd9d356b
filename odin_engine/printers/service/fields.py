"""What a connection must say, held against the fields of its family."""

from collections.abc import Collection, Iterator, Mapping

from odin_engine.kernel.errors import Invalid, Problem
from odin_engine.printers.model.record import Access, Printer, is_device
from odin_engine.printers.ports import (
    DriverFamily,
    Field,
    FieldKind,
    Option,
)

WAYS_IN = frozenset({"family", "host", "serial", "secret", "ports", "options"})
"""What of a printer's values says how to reach it."""

_OF_THE_RECORD = frozenset({"host", "serial", "secret"})
_PORT = "ports/"


def takes_device(family: DriverFamily) -> bool:
    """Whether the machines of a family may be at a device's path."""
    return bool(family.fields) and family.fields[0].kind is FieldKind.PLACE


def check_ways_in(
    family: DriverFamily, printer: Printer, access: Access, changed: Collection[str]
) -> None:
    """Passes when a printer says what its family needs, and nothing else.

    What nobody changed is left alone: a family may have grown a field since.

    Raises:
        Invalid: naming each field that is wrong.
    """
    if not WAYS_IN & set(changed):
        return
    problems = tuple(_problems(family, printer, access))
    if problems:
        raise Invalid(
            f"A {family.label} printer is not reached this way; see each field.",
            *problems,
        )


def check_options(family: DriverFamily, options: Mapping[str, Option]) -> None:
    """Passes when the options are such as the family has. Raises as `check_ways_in`."""
    problems = tuple(_option_problems(family, options))
    if problems:
        raise Invalid(
            f"A {family.label} printer has no such options; see each field.", *problems
        )


def _problems(
    family: DriverFamily, printer: Printer, access: Access
) -> Iterator[Problem]:
    if is_device(printer.host) and not takes_device(family):
        yield Problem("/host", "a host name or an IP address, not a device")
    said = {"serial": printer.serial, "secret": access.secret}
    for field in family.fields:
        if field.is_required and field.name in said and not said[field.name]:
            yield Problem(f"/{field.name}", f"{field.label} is needed")
    yield from _option_problems(family, printer.options)


def _option_problems(
    family: DriverFamily, options: Mapping[str, Option]
) -> Iterator[Problem]:
    fields = {each.name: each for each in family.fields if _is_option(each)}
    for name, value in options.items():
        field = fields.get(name)
        if field is None:
            known = ", ".join(fields) or "none"
            yield Problem(f"/options/{name}", f"its options are: {known}")
        elif (wrong := _wrong(field, value)) is not None:
            yield Problem(f"/options/{name}", wrong)
    for name, field in fields.items():
        if field.is_required and options.get(name) in {None, ""}:
            yield Problem(f"/options/{name}", f"{field.label} is needed")


def _is_option(field: Field) -> bool:
    return field.name not in _OF_THE_RECORD and not field.name.startswith(_PORT)


def _wrong(field: Field, value: Option) -> str | None:
    """Returns what a value should be that it is not."""
    match field.kind:
        case FieldKind.FLAG:
            return None if isinstance(value, bool) else "true or false"
        case FieldKind.NUMBER:
            return _wrong_number(field, value)
        case FieldKind.CHOICE:
            choices = ", ".join(field.choices)
            return None if value in field.choices else f"one of: {choices}"
        case _:
            return None if isinstance(value, str) else "a text"


def _wrong_number(field: Field, value: Option) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return "a whole number"
    is_low = field.min is not None and value < field.min
    is_high = field.max is not None and value > field.max
    if not (is_low or is_high):
        return None
    if field.max is None:
        return f"at least {field.min}"
    return (
        f"{field.min} to {field.max}"
        if field.min is not None
        else (f"at most {field.max}")
    )
