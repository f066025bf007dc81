"""A scoring round whose cut-off is over, among the five communes of the tests' province."""

from datetime import date, timedelta

from definitions.award_rules import Sheet, sheets
from etl import award_stages, store

LATE = "Hội đồng họp muộn"  # why a sheet of a year that runs is adopted only now


def closed(root: store.Root) -> Sheet:
    """The year's sheet with a cut-off in the middle of what the tests' five communes sent, and low enough for them."""
    last = max(store.local(one["received_at"]).date() for one in store.receipts(root))
    day = last - timedelta(days=20)
    year = sheets()["2026"]
    period = year.period.model_copy(update={"first": date(day.year, 1, 1), "last": day})
    least = {"excellent": 60, "good": 40, "done": 10, "not_done": 0}
    grades = tuple(one.model_copy(update={"least": least[one.id]}) for one in year.grades)
    awards = tuple(one.model_copy(update={"grade": "done"}) for one in year.awards)
    changed = {"cut_off": day, "period": period, "grades": grades, "awards": awards, "missing": "zero", "limits": ()}
    return year.model_copy(update=changed)


def made_final(root: store.Root, sheet: Sheet) -> None:
    """The sheet frozen and published, whatever its points."""
    award_stages.freeze(root, sheet, b"points", "")
    award_stages.publish(root, sheet, b"points", "minh")
