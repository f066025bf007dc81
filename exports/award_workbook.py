"""The workbook a council works with: a round as live formulas, what may be tried out, and the way back from it."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from xlsxwriter.utility import xl_rowcol_to_cell

from definitions import format
from etl import award_stages, store
from etl.workbook import grid as reading
from etl.workbook.cells import ErrorValue, NoValue
from exports import award_cluster_sheet, award_criteria_sheet, award_points_sheets, award_words, watched
from exports.award_criteria_sheet import codes, how, say
from exports.award_round import Round, in_order, is_final, known_certificates
from exports.papers import Edition
from exports.watched import Book, Grid
from metrics import awards, units

ROUND = "round"  # heads the hidden row in which a workbook says which round it is of


def workbook(of: Round, lang: str = "vi", *, has_certificates: bool = False) -> bytes:
    """xlsx of a round: cover, criteria, a sheet per cluster, the input, evidence, notes (docs/decisions/0022).

    Change a weight, a threshold, a quota, a room or the tie-breakers and totals, places, grades and awards follow, as
    the product would have them; every sheet then says that it is a trial. Functions of Excel 2010 only.
    has_certificates: how firm the places are, an internal annex. `differences` and `read_back` read such a file again.
    """
    line, names = edition(of, lang).line, units.names(of.version)
    title, quiet = of.rules.title.said(lang), "quiet_frozen" if is_final(of) else "quiet_draft"
    book = Book(title, of.rules.cut_off, say(quiet, lang), say("loud", lang), say("invalid", lang))
    known, clusters = award_points_sheets.lines(of, lang), listed(of)
    _cover(book, of, line, names, lang)
    _, cells = award_criteria_sheet.write(book, of.rules, line, lang)
    # The clusters come first, but their formulas need to know where the input is.
    given = award_points_sheets.write(book, of, cells, known, clusters, names, line, lang)
    for cluster, members in clusters.items():
        award_cluster_sheet.write(book, of, cells, given, known, cluster, members, names, line, lang)
    award_points_sheets.evidence(book, of, known, clusters, names, line, lang)
    if has_certificates and of.rules.kind == "points":
        _certificates(book, of, names, line, lang)
    _notes(book, of, line, lang)
    return book.close()


def edition(of: Round, lang: str) -> Edition:
    """What every page carries at its foot and head."""
    return Edition(of.rules.cut_off, of.version.id, of.version.manifest.get("origin") == "demo",
                   say("demo", lang) if of.version.manifest.get("origin") == "demo" else "", lang)  # fmt: skip


def listed(of: Round) -> dict[str, list[str]]:
    """Cluster -> its communes by place, those without one last; clusters in their declared order, without one last."""
    found: dict[str, list[str]] = {}
    for cluster, commune in in_order(of.scored).select("cluster", "commune").iter_rows():
        found.setdefault(cluster, []).append(commune)
    return found


# ---- cover, certificates, notes --------------------------------------------------------------------------------------


def _cover(book: Book, of: Round, line: str, names: dict[str, str], lang: str) -> None:
    grid = book.grid(say("sheet_cover", lang), [34.0, 92.0])
    grid.across(2, 0, 1, of.rules.title.said(lang), "title")
    grid.across(3, 0, 1, line, "line")
    grid.ids(ROUND, f"{of.rules.id} {of.version.id} {of.rules.cut_off} {lang}")
    row = 5
    for key, value in _facts(of, names, lang):
        grid.put(row, 0, say(key, lang), "part")
        grid.put(row, 1, value, "text")
        row += 1
    for number in range(1, 6):
        grid.across(row + number, 0, 1, say(f"guide_{number}", lang), "plain")
        grid.height(row + number, 34)
    grid.printed(3, line)


def _facts(of: Round, names: dict[str, str], lang: str) -> Iterator[tuple[str, str]]:
    rules, day = of.rules, format.day
    yield "fact_state", say(f"state_of_{of.state}", lang)
    late = award_words.adopted_late(of, lang)
    yield "fact_decision", "; ".join(filter(None, [of.adopted["decision"], late])) if of.adopted else say("none", lang)
    yield "fact_period", f"{day(rules.period.first)} - {day(rules.period.last)}"
    yield "fact_cut_off", day(rules.cut_off)
    known = of.version.manifest.get("as_of")
    yield "fact_as_of", day(date.fromisoformat(known)) if known else say("as_of_latest", lang)
    yield "fact_version", of.version.id
    yield "fact_rules_hash", award_stages.digest(rules)
    yield "fact_points_hash", store.sha_of(awards.canonical(of.scored))
    yield "fact_origin", say("demo" if of.version.manifest.get("origin") == "demo" else "real", lang)
    labels = {one.id: one.label.said(lang) for one in rules.criteria}
    yield "fact_unmeasured", "; ".join(labels[id] for id in of.scored.unmeasured) or say("none", lang)
    is_open = of.scored.standings.filter("is_open")["commune"]
    yield "fact_open", "; ".join(names[id] for id in is_open) or say("none", lang)


def _certificates(book: Book, of: Round, names: dict[str, str], line: str, lang: str) -> None:
    """How firm each place is, then between which points of a criterion the medal stays."""
    found, numbers = known_certificates(of), codes(of.rules, lang)
    grid = book.grid(say("sheet_certificates", lang), [26.0, 26.0, 9.0, 12.0, 12.0, 14.0, 14.0, 26.0])
    grid.across(2, 0, 7, say("certificates_title", lang), "title")
    grid.across(3, 0, 7, line, "line")
    grid.ids()
    _heads(
        grid, 4, lang, "head_commune", "head_cluster", "column_place", "low", "high", "beats", "beaten_by", "tie_with"
    )
    row = 5
    for one in found.places.iter_rows(named=True):
        cells = (names[one["commune"]], names.get(one["cluster"], ""), one["place"], one["low"], one["high"],
                 len(one["beats"]), len(one["beaten_by"]), names.get(one["tie_with"], ""))  # fmt: skip
        for at, value in enumerate(cells):
            grid.put(row, at, value, "count" if isinstance(value, int) else "text")
        row += 1
    _heads(grid, row + 1, lang, "head_commune", "head_code", "head_most", "stays_low", "stays_high")
    for at_row, one in enumerate(found.ranges.iter_rows(named=True), row + 2):
        high = say("no_limit", lang) if one["high"] is None else one["high"]
        for at, value in enumerate((names[one["commune"]], numbers[one["criterion"]], one["points"], one["low"], high)):
            grid.put(at_row, at, value, "centre" if isinstance(value, str) and at else "text" if at == 0 else "number")
    grid.printed(4, line)


def _heads(grid: Grid, row: int, lang: str, *keys: str) -> None:
    for at, key in enumerate(keys):
        grid.put(row, at, say(key, lang), "head")


def _notes(book: Book, of: Round, line: str, lang: str) -> None:
    grid, numbers = book.grid(say("sheet_notes", lang), [10.0, 46.0, 80.0]), codes(of.rules, lang)
    grid.across(2, 0, 2, say("notes_title", lang), "title")
    grid.across(3, 0, 2, line, "line")
    grid.ids()
    _heads(grid, 4, lang, "head_code", "head_criterion", "head_how")
    row = 5
    for part in award_criteria_sheet.parts(of.rules, lang):
        for one in part.criteria:
            for at, value in enumerate((numbers[one.id], one.label.said(lang), how(one, lang))):
                grid.put(row, at, value, "centre" if at == 0 else "text")
            row += 1
    told = ["note_passed"]
    if of.rules.kind == "points":
        told = ["note_points", "note_base", "note_place", "note_grades", "note_awards"]
    for below, key in enumerate(["note_missing", *told, "note_fixed"], row + 1):
        grid.across(below, 0, 2, say(key, lang), "plain")
        grid.height(below, 34)
    grid.printed(4, line)


# ---- the way back ----------------------------------------------------------------------------------------------------


class Claim(NamedTuple):
    """Which round a workbook says it is of."""

    sheet: str
    version: str
    cut_off: date
    lang: str


def claim(content: bytes) -> Claim | None:
    """What the hidden row of a workbook's cover says; None where no sheet says anything of the kind.

    etl.workbook.package.Refused for a file that is no workbook.
    """
    for sheet in reading.sheets(content):
        row = [str(cell) for cell in sheet.rows[watched.IDS]] if len(sheet.rows) > watched.IDS else []
        parts = row[1].split() if row[:1] == [ROUND] and len(row) > 1 else []
        if len(parts) == 4:
            return Claim(parts[0], parts[1], date.fromisoformat(parts[2]), parts[3])
    return None


def read_back(content: bytes) -> dict[tuple[str, str], float | str]:
    """(commune, criterion | "total") -> the points a workbook shows; a word where it shows none ("mở", "KAD").

    Whatever language, order of rows or names of sheets: hidden heads say what stands where. A sheet that is passed or
    failed gives words, and the verdict as "passed". etl.workbook.package.Refused for a file that is no workbook.
    """
    found: dict[tuple[str, str], float | str] = {}
    for sheet in reading.sheets(content):
        heads = [str(cell) for cell in sheet.rows[watched.IDS]] if len(sheet.rows) > watched.IDS else []
        wanted = {at: head.removeprefix("points:") for at, head in enumerate(heads)
                  if head.startswith("points:") or head in ("total", "passed")}  # fmt: skip
        if not wanted or "commune" not in heads:
            continue
        for row in sheet.rows[award_points_sheets.FIRST :]:
            commune = str(row[heads.index("commune")])
            if commune:
                found |= {(commune, id): _plain(row[at]) for at, id in wanted.items()}
    return found


def differences(content: bytes, of: Round, lang: str = "vi") -> list[tuple[str, str, object, object]]:
    """(sheet, cell, frozen, now) of every cell whose value is not what this round's workbook has; [] for the same.

    Figures as the file shows them: None where a formula was never worked out. A sheet that is missing or new differs in
    each of its cells. The file is held against `workbook` in the same language, with the annex it brings.
    """
    now = reading.sheets(content)
    has_annex = any(sheet.name == say("sheet_certificates", lang) for sheet in now)
    before = reading.sheets(workbook(of, lang, has_certificates=has_annex))
    theirs, ours = ({sheet.name: _cells(sheet.rows) for sheet in sheets} for sheets in (now, before))
    return [
        (name, xl_rowcol_to_cell(*place), was, is_)
        for name in dict.fromkeys([*ours, *theirs])
        for place in sorted({*ours.get(name, {}), *theirs.get(name, {})})
        if not _is_same(was := ours.get(name, {}).get(place), is_ := theirs.get(name, {}).get(place))
    ]


def _cells(rows: list[list]) -> dict[tuple[int, int], object]:
    return {(row, at): plain for row, cells in enumerate(rows) for at, cell in enumerate(cells)
            if (plain := _plain(cell)) != ""}  # fmt: skip


def _plain(cell: object) -> float | str:
    if isinstance(cell, NoValue):
        return ""
    return str(cell) if isinstance(cell, str | ErrorValue) else float(cell)  # type: ignore[arg-type]


def _is_same(was: object, is_: object) -> bool:
    if isinstance(was, float) and isinstance(is_, float):
        return abs(was - is_) < 1e-9
    return was == is_
