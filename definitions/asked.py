"""When the forms ask for an indicator, and by which groups of households."""

from datetime import date
from functools import cache

from definitions.load import VILLAGES, definitions, platforms_in_force

GROUPS = ("ethnic", "priority")  # the dimensions of the breakdown
DIMENSIONS = ("none", *GROUPS)


@cache
def sheets(indicator: str) -> frozenset[str]:
    """The sheets that ask for both counts of an indicator (villages are counted by the registry, on no sheet)."""
    of = definitions().indicators[indicator]
    counts = {of.numerator, of.denominator} - {VILLAGES}
    asking = definitions().forms.sheets.values()
    return frozenset(sheet.id for sheet in asking if counts <= {column.id for column in sheet.columns})


def is_monthly(indicator: str) -> bool:
    """Whether every month's report tells it, not the quarterly breakdown alone."""
    return any(definitions().forms.sheets[sheet].rhythm != "quarter" for sheet in sheets(indicator))


def dimensions(indicator: str) -> tuple[str, ...]:
    """By what an indicator is asked: "none" (all households), and the groups of the breakdown where it stands there."""
    by_group = any(definitions().forms.sheets[sheet].rhythm == "quarter" for sheet in sheets(indicator))
    return DIMENSIONS if by_group else DIMENSIONS[:1]


def by_group() -> tuple[str, ...]:
    """The indicators asked for by group of households."""
    return tuple(id for id in definitions().indicators if "ethnic" in dimensions(id))


def platform(indicator: str) -> str:
    """The platform an indicator counts the users of, "" for one that counts no single platform's."""
    return definitions().measures[definitions().indicators[indicator].numerator].platform


def of_platforms() -> dict[str, str]:
    """Platform -> the indicator that counts its users, in the order of platforms.toml."""
    found = {platform(id): id for id in definitions().indicators}
    return {id: found[id] for id in definitions().platforms if id in found}


def is_running(indicator: str, month: date) -> bool:
    """Whether there is something to ask: a platform out of operation has no users to count."""
    return platform(indicator) in ("", *platforms_in_force(month))


def ends_quarter(month: date) -> bool:
    """Whether the breakdown is due for a month; a commune's first one may come in any."""
    return month.month % 3 == 0


def is_due(indicator: str, dimension: str, month: date) -> bool:
    """Whether every commune is asked in a month."""
    return (dimension == "none" and is_monthly(indicator)) or ends_quarter(month)
