"""Which version the screens and the command line speak of, and as of which day."""

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from definitions.load import definitions
from warehouse.version import Version, current


def published(*roots: Path) -> Version | None:
    """The current version of the first root that has one with a delivery that was taken (real before demo), or None."""
    versions = (current(root) for root in roots)
    return next((version for version in versions if version and _has_taken(version)), None)


def _has_taken(version: Version) -> bool:
    """A file refused or withdrawn is nothing to show."""
    taken = "select exists (from delivery where refusal is null and withdrawn is null) as has_taken"
    return version.query(taken).item()


@lru_cache(maxsize=16)
def facts(version: Version) -> dict[str, str | None]:
    """What the version says of itself: origin, as_of, built_at, commit, first_month, last_month, today."""
    return dict(version.query("select key, value from meta").iter_rows())


def last_month(version: Version) -> date | None:
    """The last month anything was reported for; None before the first."""
    said = facts(version)["last_month"]
    return date.fromisoformat(f"{said}-01") if said else None


def today(version: Version, now: datetime) -> date:
    """The day figures are judged on: the demonstration's own day, the as-of day, else today in the province."""
    said = facts(version)
    fixed = said.get("today") or said.get("as_of")
    return date.fromisoformat(fixed[:10]) if fixed else now.astimezone(ZoneInfo(definitions().calendar.timezone)).date()
