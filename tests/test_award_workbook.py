"""The council's workbook: recalculated elsewhere it is what the product says, whatever is changed in it."""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import polars as pl
import pytest

from definitions.award_rules import Criterion, Sheet, faults, sheets
from definitions.load import definitions
from etl import award_stages, store
from etl.award_stages import Given
from exports import award_cluster_sheet, award_workbook, watched
from exports.award_criteria_sheet import codes, parts, say
from exports.award_round import Round
from methods.sample_check import checked, scale
from metrics import awards, units
from tests.award_rounds import closed
from tests.office import recalculated
from tests.test_cli import run
from tests.tiny import tiny
from warehouse.version import Version

pytestmark = pytest.mark.slow

YEAR, PASS = sheets()["2026"], sheets()["pass_fail"]
SEED = 3
EXCEL_2010 = {"AND", "COUNTIF", "COUNTIFS", "EXACT", "IF", "IFERROR", "INDEX", "INT", "ISNUMBER", "LEFT", "MATCH",
              "MAX", "MIN", "MOD", "NOT", "ROUND", "SUM", "SUMPRODUCT", "TRIM"}  # fmt: skip
LOUD, EVIL = say("loud", "vi"), '=HYPERLINK("http://x","y")'


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return tiny(tmp_path_factory.mktemp("workbook") / "published")


def hard(sheet: Sheet, **changes: Any) -> Sheet:
    """The rules with everything that can happen: caps and a veto on one criterion, two quotas, a share of awards."""
    if sheet.kind == "pass_fail":
        return sheet.model_copy(update=changes)
    content = sheet.model_dump(by_alias=True)
    label = {"vi": "x", "en": "x"}
    content["limits"] = [
        {"criterion": "on_time", "below": 0.4, "at_most": "done", "label": label},
        {"criterion": "on_time", "below": 0.1, "label": label},
        {"criterion": "usable", "below": 0.2, "label": label},
        {"criterion": "signed", "below": 0.3, "at_most": "good", "label": label},
    ]
    for grade, least, quota in zip(content["grades"], (62, 55, 40, 0), (0.2, 0.3, None, None), strict=True):
        grade |= {"least": least, "quota": quota}
    content["awards"] = [
        *content["awards"],
        content["awards"][0] | {"id": "third", "in_cluster": 0.35, "grade": "done"},
    ]
    for one in content["criteria"]:
        one["not_for"] = ("cluster:mu_cang_chai",) if one["id"] == "skills" else ()
        one["verified"] = one["id"] in ("access", "submitted", "signed")
        one["missing"] = "open" if one["id"] in ("access", "ioffice") else "zero"
    return Sheet.model_validate(content | {"tie_breakers": ("signed", "skills")} | changes)


def figures(seed: int) -> Callable[..., Any]:
    """Coarse figures; one in ten is not known; neighbours level in all, or in the sum alone (two criteria swapped)."""
    swapped = {"signed": "ioffice", "ioffice": "signed"}

    def raw(one: Criterion, id: str, count: int) -> tuple[Any, Any]:
        chance = np.random.default_rng([seed, *id.encode()])
        most = {"manual": 10.0 if id == "initiative" else 5.0, "count": 30.0, "lateness": 12.0}.get(one.score.how, 1.0)
        steps = 10 if one.score.how == "manual" else 6
        value = np.round(chance.integers(0, steps + 1, count) * most / steps, 3)
        value[chance.random(count) < (0.0 if one.kind in ("bonus", "deduction") else 0.1)] = np.nan
        return value, np.round(chance.integers(0, 4, count) / 5, 2)

    def drawn(version: Version, sheet: Sheet, one: Criterion, ids: list[str], given: Any) -> Any:
        value, base = raw(one, one.id, len(ids))
        other, _ = raw(one, swapped.get(one.id, one.id), len(ids))
        clusters = awards.communes(version)["cluster"].to_numpy()
        for cluster in np.unique(clusters):
            mates = np.flatnonzero(clusters == cluster)
            for at in range(0, len(mates) - 1, 2):
                twin = mates[at + 1]
                value[twin], base[twin] = (value if at % 4 else other)[mates[at]], base[mates[at]]
        return awards._Figures(value, base, ["no_value" if np.isnan(x) else "" for x in value])

    return drawn


@pytest.fixture
def made(version: Version, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Round]:
    """A round of 99 communes with planted figures; level with its neighbour where the place is even."""
    monkeypatch.setattr(awards, "_figures", figures(SEED))
    ids = awards.communes(version)["unit"].to_list()
    samples = {ids[n]: checked(15 if n % 40 else 9) for n in range(0, 99, 20)}
    stages = {(id, "signed"): {"commune": Given(4.0, "", EVIL, "=1+1", "lan", ""),
                               "board": Given(3.5, "=cmd|x", "", "12/BC", "an", "")} for id in ids}  # fmt: skip

    def made(rules: Sheet, **changes: Any) -> Round:
        verified = {id: scale(check) for id, check in samples.items()}
        scored = awards.scored(version, rules, verified=verified)
        return replace(Round(rules, version, "draft", None, stages, samples, scored), **changes)

    return made


def values(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=True)


def told(content: bytes) -> dict[str, dict[str, Any]]:
    """Commune -> what its cluster's sheet shows, by the hidden heads."""
    found = {}
    for ws in values(content):
        heads = {cell.value: cell.column for cell in ws[watched.IDS + 1] if cell.value}
        if not {"total", "passed"} & heads.keys():
            continue
        for row in range(award_cluster_sheet.FIRST + 1, ws.max_row + 1):
            if commune := ws.cell(row, heads["commune"]).value:
                found[commune] = {id: ws.cell(row, at).value for id, at in heads.items()}
    return found


def half_up(value: float) -> float:
    return float(Decimal(str(round(value, 9))).quantize(Decimal("0.0001"), ROUND_HALF_UP))


def expected(of: Round, columns: Sequence[str]) -> dict[str, list[Any]]:
    """The product's own, in the words of the sheets."""
    labels: dict[str | None, Any] = {None: None, "": None} | {one.id: one.label.vi for one in of.rules.grades}
    labels |= {one.id: one.label.vi for one in of.rules.awards}
    points = {(c, k): p for c, k, p in of.scored.lines.select("commune", "criterion", "points").iter_rows()}
    found = {}
    for row in of.scored.standings.iter_rows(named=True):
        numbers = [None if row[id] is None else half_up(row[id]) for id in columns]
        note = say("no_place", "vi") if row["points"] is None else say("tied", "vi") if row["is_tied"] else None
        capped = [codes(of.rules, "vi")[id] for id in row["capped_by"].split()]
        own = [None if points[row["commune"], one.id] is None else round(points[row["commune"], one.id], 4)
               for one in of.rules.criteria]  # fmt: skip
        words = [labels[row["grade"]], labels[row["award"]], note, " ".join(capped) or None]
        found[row["commune"]] = [*numbers, *words, *own]
    return found


NUMBERS = ("earned", "maximum", "base", "bonus", "deduction", "points", "place")


def shown(content: bytes, of: Round) -> dict[str, list[Any]]:
    found = {}
    for commune, row in told(content).items():
        numbers = [row[{"points": "total"}.get(id, id)] for id in NUMBERS]
        own = [row[f"points:{one.id}"] for one in of.rules.criteria]
        cells = [*numbers, *(row[id] for id in ("grade", "award", "note", "capped_by")), *own]
        marks = ("", say("unranked", "vi"), say("not_applicable", "vi"))
        found[commune] = [
            None if cell in marks else round(cell, 4) if isinstance(cell, float) else cell for cell in cells
        ]
    return found


# ---- changing a workbook and the rules alike -------------------------------------------------------------------------


def changed(of: Round, content: bytes, rules: Sheet) -> bytes:
    """The workbook with the cells in which other rules differ typed in, as a person would."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    ws, numbers = book[say("sheet_criteria", "vi")], codes(of.rules, "vi")
    at = {ws.cell(row, 1).value: row for row in range(5, 7 + len(numbers) + len(parts(of.rules, "vi")))}
    for one in rules.criteria:
        ws.cell(at[numbers[one.id]], 5).value = one.points
        ws.cell(at[numbers[one.id]], 6).value = say(rules.missing_for(one), "vi")
        if rules.kind == "pass_fail":
            ws.cell(at[numbers[one.id]], 3).value = say(one.kind, "vi")
    for part in parts(rules, "vi"):
        if part.code and part.points is not None:
            ws.cell(at[part.code], 5).value = part.points
    if rules.kind == "pass_fail":
        ws.cell(row_of(ws, 2, say("extended_share", "vi")), 5).value = rules.extended_share
    else:
        _type_rest(ws, rules, numbers)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row_of(ws: Any, column: int, words: str) -> int:
    return next(row for row in range(1, ws.max_row + 1) if ws.cell(row, column).value == words)


def _type_rest(ws: Any, rules: Sheet, numbers: dict[str, str]) -> None:
    labels = {"": say("veto", "vi")} | {grade.id: grade.label.vi for grade in rules.grades}
    blocks: dict[str, list[tuple[Any, Any]]] = {
        "head_least": [(grade.least, grade.quota) for grade in rules.grades],
        "head_below": [(limit.below, labels[limit.at_most]) for limit in rules.limits],
        "head_room": [(award.in_cluster, labels[award.grade]) for award in rules.awards],
    }
    for head, rows in blocks.items():
        for row, pair in enumerate(rows, row_of(ws, 5, say(head, "vi")) + 1):
            ws.cell(row, 5).value, ws.cell(row, 6).value = pair
    first = row_of(ws, 2, say("head_tie_breaker", "vi")) + 1
    for number in range(3):
        id = rules.tie_breakers[number] if number < len(rules.tie_breakers) else None
        ws.cell(first + number, 3).value = numbers[id] if id else None


def reweighted(rules: Sheet, weights: dict[str, float]) -> Sheet:
    """Other maxima; each group has what its criteria add up to."""
    criteria = tuple(one.model_copy(update={"points": weights.get(one.id, one.points)}) for one in rules.criteria)
    sums = {group.id: sum(one.points for one in criteria if one.group == group.id) for group in rules.groups}
    groups = tuple(group.model_copy(update={"points": max(group.points, sums[group.id])}) for group in rules.groups)
    return rules.model_copy(
        update={"criteria": criteria, "groups": groups, "total": sum(group.points for group in groups)}
    )


def council(rules: Sheet) -> Sheet:
    """Three weights, a veto's threshold and the order of the tie-breakers."""
    limits = [
        limit.model_copy(update={"below": 0.5}) if limit.criterion == "usable" else limit for limit in rules.limits
    ]
    other = reweighted(rules, {"access": 8.0, "submitted": 14.0, "usable": 6.5})
    return other.model_copy(update={"limits": tuple(limits), "tie_breakers": ("ioffice", "skills", "access")})


def by_chance(rules: Sheet, seed: int) -> Sheet:
    """Anything a yellow cell can hold, by chance; sound rules."""
    chance = np.random.default_rng(seed)
    weights = {one.id: float(chance.integers(1, 40)) / 2 for one in rules.criteria}
    weights["submitted"], weights["initiative"] = max(10.0, weights["submitted"]), 10.0
    other = reweighted(rules, weights)
    grades = [id.id for id in rules.grades]
    least = sorted((round(float(x), 1) for x in chance.choice(np.arange(10, 80, 0.5), 3, replace=False)), reverse=True)
    quotas = [None if chance.random() < 0.3 else round(float(chance.uniform(0.05, 0.6)), 2) for _ in rules.grades]
    update = {
        "criteria": tuple(one.model_copy(update={"missing": str(chance.choice(["zero", "zero", "zero", "open"]))})
                          for one in other.criteria),
        "grades": tuple(grade.model_copy(update={"least": low, "quota": quota if grade.id != grades[-1] else None})
                        for grade, low, quota in zip(rules.grades, [*least, 0.0], quotas, strict=True)),
        "limits": tuple(limit.model_copy(update={"below": round(float(chance.uniform(0.05, 0.8)), 2),
                                                 "at_most": str(chance.choice(["", *grades[1:3]]))})
                        for limit in rules.limits),
        "awards": tuple(award.model_copy(update={"in_cluster": float(chance.choice([0.15, 0.25, 1, 2, 3])),
                                                 "grade": str(chance.choice(grades[:3]))}) for award in rules.awards),
        "tie_breakers": tuple(str(id) for id in chance.choice([one.id for one in rules.criteria], 3, replace=False)),
        "bonus": float(chance.integers(0, 10)),
    }  # fmt: skip
    return other.model_copy(update=update)


# ---- tests -----------------------------------------------------------------------------------------------------------


def test_libreoffice_gives_what_a_fresh_run_of_the_product_gives(made: Callable[..., Round], tmp_path: Path) -> None:
    frozen = made(hard(YEAR))
    content = award_workbook.workbook(frozen)
    trials = {"as_frozen": frozen.rules, "council": council(frozen.rules)}
    trials |= {f"chance_{seed}": by_chance(frozen.rules, seed) for seed in (1, 2, 3)}
    assert all(not list(faults(rules, definitions())) for rules in trials.values())
    books = {name: changed(frozen, content, rules) for name, rules in trials.items()}
    back = recalculated(books, tmp_path / "trials")
    totals = []
    for name, rules in trials.items():
        fresh = made(rules)
        want, have = expected(fresh, NUMBERS), shown(back[name], fresh)
        assert len(have) == 99
        assert have == want, name
        banners = {ws["A1"].value for ws in values(back[name]) if ws.title != watched.FROZEN}
        assert banners == {say("quiet_draft", "vi") if name == "as_frozen" else LOUD}
        totals.append([row[5:9] for row in want.values()])
    assert all(totals[0] != other for other in totals[1:])
    standings = frozen.scored.standings
    # The inputs are hard: open sheets, level places, ties at a line, vetoes, every grade.
    assert standings["is_open"].sum() > 5 and standings["is_tied"].sum() > 3
    assert standings.filter(pl.col("place").is_not_null()).select("cluster", "place").is_duplicated().sum() > 3
    assert standings["grade"].n_unique() == 5 and standings["award"].n_unique() == 4
    assert (frozen.scored.lines["state"] == "not_applicable").sum() > 9


def test_every_formula_brings_the_value_it_works_out_to(made: Callable[..., Round], tmp_path: Path) -> None:
    rounds = {"points": made(hard(YEAR)), "passed": made(PASS), "ninety": made(sheets()["ninety_ten"])}
    books = {name: award_workbook.workbook(of, has_certificates=True) for name, of in rounds.items()}
    back = recalculated(books, tmp_path / "values")
    for name, content in books.items():
        ours, theirs = values(content), values(back[name])
        cells = [cell for ws in openpyxl.load_workbook(io.BytesIO(content)) for row in ws.iter_rows() for cell in row
                 if cell.data_type == "f"]  # fmt: skip
        assert len(cells) > 500
        for cell in cells:
            was, now = (book[cell.parent.title][cell.coordinate].value for book in (ours, theirs))
            assert (was or None) == pytest.approx(now or None, abs=1e-9), (name, cell.parent.title, cell.coordinate)
        assert award_workbook.differences(back[name], rounds[name]) == []


def test_one_cell_makes_every_sheet_say_it_is_a_trial(made: Callable[..., Round], tmp_path: Path) -> None:
    adopted = {"rules_sha256": award_stages.digest(YEAR), "decision": "=1+1", "reason": "=2+2"}
    adopted |= {"at": "2026-03-02T08:00:00.000+07:00"}  # after what applies to whom had to be fixed
    frozen = made(YEAR, adopted=adopted, state="adopted", version=known_at(made(YEAR).version, YEAR.cut_off))
    content = award_workbook.workbook(frozen)
    book = values(content)
    told = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert any(str(one).startswith("=1+1; ") and str(one).endswith("02/03/2026, sau ngày 31/12/2025 phải định xong "
               "tiêu chí nào áp dụng cho ai; lý do: =2+2") for one in told)  # fmt: skip
    cluster = book.sheetnames[3]
    said = next(row for row in range(6, 99) if book["Minh chứng"].cell(row, 13).value)
    edits: dict[str, tuple[str, str, Any] | None] = {
        "none": None, "weight": ("Tiêu chí", "E8", 11), "share": ("Điểm", "F9", 0.123),
        "name": (cluster, "C9", "Xã khác"), "total": (cluster, "AE10", 99),
        "said": ("Minh chứng", f"M{said}", "Khác"),
    }  # fmt: skip
    back = recalculated({name: typed(content, edit) for name, edit in edits.items()}, tmp_path / "banner")
    for name in edits:
        book = values(back[name])
        banners = {ws["A1"].value for ws in book if ws.title != watched.FROZEN}
        if name == "none":
            assert banners == {say("quiet_frozen", "vi")}
        else:
            assert {words[: len(LOUD)] for words in banners} == {LOUD}, name
        for ws in book:
            if ws.title != watched.FROZEN:
                # In print too: the banner stands in the rows that every page repeats.
                assert ws.print_title_rows.startswith("$1:$")
                assert (ws.page_setup.orientation, ws.page_setup.paperSize) == ("landscape", 9)
                assert ws.protection.sheet
    assert {cell for _, cell, _, _ in award_workbook.differences(back["weight"], frozen)} >= {"A1", "E8"}


def test_a_clusters_sheet_prints_on_two_pages_beside_each_other_each_with_the_names(made: Callable[..., Round]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(award_workbook.workbook(made(YEAR))))
    ws = next(ws for ws in book if ws.title == book.sheetnames[3])
    at = {cell.value: cell.column for cell in ws[2] if cell.value}
    assert [one.id for one in ws.col_breaks.brk] == [at["earned"] - 1] and ws.print_title_cols == "$A:$C"
    assert ws.page_setup.scale == 80 and not ws.sheet_properties.pageSetUpPr.fitToPage
    # Banner and title stand over each page's own columns.
    for row in (1, 3):
        starts = {cells.min_col for cells in ws.merged_cells.ranges if cells.min_row == row}
        assert {4, at["earned"]} <= starts
        assert ws.cell(row, 4).value == ws.cell(row, at["earned"]).value
    assert watched.side_by_side([10.0] * 30, 2, [10, 20]) == [(2, 9), (10, 19), (20, 29)]
    assert watched.side_by_side([4.0] * 9, 2, [5]) == [(2, 8)] and watched.side_by_side([9.0] * 9, 0, ()) == [(0, 8)]


def known_at(version: Version, day: date) -> Version:
    return Version(version.id, version.path, version.manifest | {"as_of": day.isoformat()})


def typed(content: bytes, edit: tuple[str, str, Any] | None) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    if edit:
        sheet, cell, value = edit
        assert book[sheet][cell].value not in (None, "", value)
        book[sheet][cell].value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_who_passes_follows_kinds_and_the_share_asked_for(made: Callable[..., Round], tmp_path: Path) -> None:
    frozen = made(PASS)
    kinds = ("extended", "compulsory", "compulsory", "extended", "extended")
    criteria = tuple(
        one.model_copy(update={"kind": kind, "missing": "zero"}) for one, kind in zip(PASS.criteria, kinds, strict=True)
    )
    other = PASS.model_copy(update={"criteria": criteria, "extended_share": 0.6})
    book = changed(frozen, award_workbook.workbook(frozen), other)
    fresh = made(other).scored.standings
    words = {True: say("passed", "vi"), False: say("failed", "vi"), None: say("no_verdict", "vi")}
    want = {row["commune"]: [row["compulsory_failed"], row["extended_met"], row["extended"], words[row["passed"]]]
            for row in fresh.iter_rows(named=True)}  # fmt: skip
    rows = told(recalculated({"passed": book}, tmp_path / "passed")["passed"])
    assert {
        id: [row[key] for key in ("compulsory_failed", "extended_met", "extended", "passed")]
        for id, row in rows.items()
    } == want
    assert fresh["passed"].to_list() != frozen.scored.standings["passed"].to_list()


def formulas(content: bytes) -> Iterator[str]:
    for ws in openpyxl.load_workbook(io.BytesIO(content)):
        yield from (cell.value for row in ws.iter_rows() for cell in row if cell.data_type == "f")


@pytest.mark.parametrize("rules", [YEAR, PASS, sheets()["ninety_ten"]], ids=lambda rules: rules.id)
def test_only_functions_of_excel_2010_are_used(made: Callable[..., Round], rules: Sheet) -> None:
    found = {name for formula in formulas(award_workbook.workbook(made(rules)))
             for name in re.findall(r"([A-Z][A-Z0-9.]*)\(", re.sub(r'"[^"]*"', "", formula))}  # fmt: skip
    assert found and found <= EXCEL_2010


def test_nothing_that_came_as_data_is_a_formula(
    made: Callable[..., Round], version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = units.names(version)
    monkeypatch.setattr(units, "names", lambda version: dict.fromkeys(real, EVIL) | {"cluster:wards": "=1+1"})
    # A sheet's name stands in formulas, in quotes.
    bare = {re.sub(r"'[^']*'!", "", one) for one in formulas(award_workbook.workbook(made(YEAR)))}
    assert not any(mark in one for one in bare for mark in ("HYPERLINK", "cmd", "1+1"))
    book = openpyxl.load_workbook(io.BytesIO(award_workbook.workbook(made(YEAR))))
    typed = {cell.data_type for ws in book for row in ws.iter_rows() for cell in row if cell.value in (EVIL, "=1+1")}
    assert typed == {"s"}


def test_what_it_shows_is_read_back_by_commune_and_criterion(made: Callable[..., Round]) -> None:
    of = made(hard(YEAR))
    for lang in ("vi", "en"):
        found = award_workbook.read_back(award_workbook.workbook(of, lang))
        assert len(found) == 99 * (len(YEAR.criteria) + 1)
        for commune, total in of.scored.standings.select("commune", "points").iter_rows():
            assert found[commune, "total"] == ("" if total is None else total)
        for commune, id, points in of.scored.lines.select("commune", "criterion", "points").iter_rows():
            assert found[commune, id] == points if points is not None else isinstance(found[commune, id], str)


def test_a_digit_changed_is_told_by_its_cell(made: Callable[..., Round]) -> None:
    of = made(YEAR)
    content = award_workbook.workbook(of)
    assert award_workbook.differences(content, of) == []
    assert award_workbook.differences(award_workbook.workbook(of, "en"), of, "en") == []
    other = made(reweighted(YEAR, {"access": 9.0}))
    told = award_workbook.differences(award_workbook.workbook(other), of)
    weight = [(was, now) for sheet, cell, was, now in told if sheet == "Tiêu chí" and cell == "E9"]
    assert weight == [(12.0, 9.0)]


def test_only_yellow_cells_are_open(made: Callable[..., Round]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(award_workbook.workbook(made(YEAR))))
    assert book[watched.FROZEN].sheet_state == "veryHidden"
    for ws in book:
        free = [cell for row in ws.iter_rows() for cell in row if not cell.protection.locked]
        assert ws.protection.sheet and all(cell.data_type != "f" for cell in free)
        assert bool(free) == (ws.title == "Tiêu chí")
    open_cells = sum(1 for row in book["Tiêu chí"].iter_rows() for cell in row if not cell.protection.locked)
    # 14 criteria with 2 cells, 6 groups, the bonus, 4 grades, 3 quotas, 2 limits and 2 awards with 2, 3 tie-breakers.
    assert open_cells == 14 * 2 + 7 + 4 + 3 + 2 * 2 + 2 * 2 + 3


def test_the_verb_writes_it_and_overwrites_nothing(
    province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(province))
    out = tmp_path / "council.xlsx"
    said = run("awards", "workbook", "2026", out, "--certificates", "--demo")
    assert said.exit_code == 0, said.stderr
    assert "Độ chắc của hạng" in openpyxl.load_workbook(out).sheetnames
    assert store.root("demo").path.exists()
    assert "không ghi đè" in run("awards", "workbook", "2026", out, "--demo").stderr
    checked = run("awards", "verify", out, "--demo")
    assert (checked.exit_code, checked.stdout.strip()) == (0, "Mọi ô khớp với bản chốt."), checked.stderr
    book = openpyxl.load_workbook(out)
    book["Tiêu chí"]["E8"].value = 11
    book.save(out)
    checked = run("awards", "verify", out, "--demo")
    assert checked.exit_code == 1 and "Tiêu chí!E8: theo bản chốt “10.0”, trong tệp “11.0”" in checked.stdout
    plain = openpyxl.Workbook()
    plain.save(out)
    assert "không phải tệp Excel của bảng điểm" in run("awards", "verify", out, "--demo").stderr


def test_points_an_appeal_set_stand_whatever_the_maximum(made: Callable[..., Round], tmp_path: Path) -> None:
    of = made(YEAR)
    line = of.scored.lines.filter((pl.col("criterion") == "access") & (pl.col("state") == "scored")).row(0, named=True)
    is_it = (pl.col("criterion") == "access") & (pl.col("commune") == line["commune"])
    share = 7.5 / 12 if abs(line["points"] - 7.5) > 1 else 3.5 / 12
    lines = of.scored.lines.with_columns(
        share=pl.when(is_it).then(share).otherwise("share"), points=pl.when(is_it).then(share * 12).otherwise("points")
    )
    ruled = replace(of, scored=replace(of.scored, lines=lines))
    book = changed(ruled, award_workbook.workbook(ruled), reweighted(YEAR, {"access": 10.0}))
    rows = told(recalculated({"appeal": book}, tmp_path / "appeal")["appeal"])
    assert rows[line["commune"]]["points:access"] == pytest.approx(share * 12)


def test_the_verb_takes_the_rules_in_use_whatever_the_file_says_now(award_data: store.Root, tmp_path: Path) -> None:
    out, rules = tmp_path / "council.xlsx", closed(award_data)
    assert rules.cut_off != YEAR.cut_off
    said = run("awards", "workbook", "2026", out, "--demo")
    assert said.exit_code == 0, said.stderr
    told = award_workbook.claim(out.read_bytes())
    assert told and (told.sheet, told.cut_off) == ("2026", rules.cut_off)
    assert "KHỚP" in str(openpyxl.load_workbook(out, data_only=True)["Bìa"]["A1"].value).upper()
    checked = run("awards", "verify", out, "--demo")
    assert checked.exit_code == 0, checked.stdout
