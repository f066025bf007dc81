"""The sheet of the frozen input, a share or points per commune and criterion, and the sheet of what it rests on."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from definitions.award_rules import Criterion, Manual
from definitions.format import decimal
from etl.award_stages import STAGES
from exports.award_criteria_sheet import Cells, codes, figure, parts, say
from exports.award_round import Round
from exports.award_words import reason
from exports.watched import Book, Grid, Value
from methods import award_points
from methods.sample_check import scale

FIRST = 8  # row of the first commune, here and on the clusters' sheets
LEFT = 5  # columns before the criteria


@dataclass(frozen=True)
class Line:
    """One commune and criterion: metrics.awards' line, what the sheet takes in (a share or points, or a mark).

    is_decided: its points are not what the figure gives (an appeal set them), so they stand whatever the maximum.
    """

    row: dict
    given: Value
    is_decided: bool = False


@dataclass(frozen=True)
class Input:
    """Where a cluster's sheet finds a commune's input: its row on the sheet of the points, and the columns."""

    grid: Grid
    row: dict[str, int]
    at: dict[str, int]

    def ref(self, commune: str, criterion: str) -> str:
        return self.grid.ref(self.row[commune], self.at[criterion])

    def verified(self, commune: str) -> str:
        return self.grid.ref(self.row[commune], 4)


def lines(of: Round, lang: str) -> dict[tuple[str, str], Line]:
    """By (commune, criterion) the line with what goes into the sheet, before the maximum and the sample check."""
    found = {}
    marks = {"not_applicable": say("not_applicable", lang), "open": say("missing", lang), "zero": say("missing", lang)}
    for one in of.rules.criteria:
        part = of.scored.lines.filter(pl.col("criterion") == one.id)
        for row, value in zip(part.iter_rows(named=True), _given(one, part), strict=True):
            share = min(value / one.points, 1.0) if award_points.is_in_points(one) else value
            share *= scale(of.samples.get(row["commune"])) if one.verified else 1.0
            # NaN is not near anything either: points without a figure were decided.
            is_decided = row["state"] == "scored" and not abs(share - row["share"]) < 1e-9
            given = row["points"] if is_decided else marks.get(row["state"], value)
            found[row["commune"], one.id] = Line(row, given, is_decided)
    return found


def _given(one: Criterion, part: pl.DataFrame) -> list[float]:
    """Points where the figure brings points by itself, else the share of the maximum."""
    x, base = (part[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("figure", "base"))
    if award_points.is_in_points(one):
        return award_points.in_points(one, x).tolist()
    x = np.where((part["state"] == "not_applicable").to_numpy(), np.nan, x)
    return award_points.shares(one, x, base, part["cluster"].to_list()).tolist()


def write(
    book: Book, of: Round, cells: Cells, known: dict[tuple[str, str], Line], clusters: dict[str, list[str]],
    names: dict[str, str], line: str, lang: str,
) -> Input:  # fmt: skip
    """The input: a row per commune, cluster by cluster; the row of maxima follows the criteria sheet."""
    listed = [one for part in parts(of.rules, lang) for one in part.criteria]
    grid = book.grid(say("sheet_points", lang), [5.0, 8.0, 24.0, 24.0, 8.0, *[7.5] * len(listed)])
    at = {one.id: LEFT + place for place, one in enumerate(listed)}
    _heads(grid, of, cells, listed, line, lang)
    rows, row = dict[str, int](), FIRST
    for cluster, members in clusters.items():
        for commune in members:
            grid.put(row, 0, row - FIRST + 1, "count")
            for place, words in enumerate((commune, names[commune], names.get(cluster, "")), 1):
                grid.put(row, place, words)
            grid.put(row, 4, scale(of.samples.get(commune)), "share")
            for one in listed:
                value, is_decided = known[commune, one.id].given, known[commune, one.id].is_decided
                look = "number" if is_decided or award_points.is_in_points(one) else "share"
                grid.put(row, at[one.id], value, "centre" if isinstance(value, str) else look)
            rows[commune], row = row, row + 1
    grid.ids("number", "commune", "name", "cluster", "verified", *(f"given:{one.id}" for one in listed))
    grid.printed(FIRST - 1, line)
    return Input(grid, rows, at)


def _heads(grid: Grid, of: Round, cells: Cells, listed: list[Criterion], line: str, lang: str) -> None:
    last, numbers = LEFT + len(listed) - 1, codes(of.rules, lang)
    grid.across(2, 0, last, say("points_title", lang), "title")
    grid.across(3, 0, last, line, "line")
    left = ("head_number", "head_commune_code", "head_commune", "head_cluster", "head_verified")
    for at, key in enumerate(left):
        grid.put(4, at, say(key, lang), "head")
        for row in (5, 6, 7):
            grid.put(row, at, say("head_most", lang) if (row, at) == (6, 2) else "", "head")
    for at, one in enumerate(listed, LEFT):
        grid.put(4, at, one.label.said(lang), "upright")
        grid.put(5, at, numbers[one.id], "head")
        grid.put(6, at, one.points, "number", formula="=" + cells.weight[one.id])
        grid.put(7, at, say("in_points" if award_points.is_in_points(one) else "in_shares", lang), "head")
    grid.height(4, 190)


# ---- evidence --------------------------------------------------------------------------------------------------------

EVIDENCE = [20.0, 6.5, 32.0, 13.0, 36.0, 9.0, 10.0, *[8.0] * len(STAGES), 34.0, 18.0]


def evidence(
    book: Book, of: Round, known: dict[tuple[str, str], Line], clusters: dict[str, list[str]], names: dict[str, str],
    line: str, lang: str,
) -> Grid:  # fmt: skip
    """A row per commune and criterion that could be measured: figure, source, every stage's points, what was said."""
    grid = book.grid(say("sheet_evidence", lang), EVIDENCE)
    grid.across(2, 0, len(EVIDENCE) - 1, say("evidence_title", lang), "title")
    grid.across(3, 0, len(EVIDENCE) - 1, line, "line")
    keys = ["head_commune", "head_code", "head_criterion", "head_state", "head_source", "head_figure", "head_base"]
    keys += [f"stage_{stage}" for stage in STAGES] + ["head_said", "head_evidence"]
    for at, key in enumerate(keys):
        grid.put(4, at, say(key, lang), "head")
    numbers, row = codes(of.rules, lang), 5
    for members in clusters.values():
        for commune in members:
            for part in parts(of.rules, lang):
                for one in part.criteria:
                    if one.id not in of.scored.unmeasured:
                        _evidence(grid, of, one, known[commune, one.id], numbers[one.id], names, row, lang)
                        row += 1
    grid.ids()
    grid.printed(4, line)
    return grid


def _evidence(grid: Grid, of: Round, one: Criterion, known: Line, code: str, names: dict, row: int, lang: str) -> None:
    line, commune = known.row, known.row["commune"]
    given = of.stages.get((commune, one.id), {})
    score = one.score
    source = say("source_stages", lang) if isinstance(score, Manual) else figure(score.figure, lang)
    look = "number" if award_points.is_in_points(one) and score.how != "steps" else "share"
    cells = [names[commune], code, one.label.said(lang), state(line, lang), source]
    for at, value in enumerate(cells):
        grid.put(row, at, value, "centre" if at == 1 else "text")
    grid.put(row, 5, line["figure"], look)
    grid.put(row, 6, line["base"], look)
    for at, stage in enumerate(STAGES, 7):
        grid.put(row, at, given[stage].points if stage in given else None, "number")
    said = [f"{say(f'stage_{stage}', lang)}: {words}" for stage, one_ in given.items()
            if (words := "; ".join(part for part in (one_.explanation, one_.reason) if part))]  # fmt: skip
    sample = of.samples.get(commune) if one.verified else None
    if sample:
        share = decimal(scale(sample), 2, lang)
        said.append(say("sampled", lang, n=sample.verified, of=sample.visited, share=share))
    said += [say("decided", lang)] if known.is_decided else []
    grid.put(row, 12, "\n".join(said))
    grid.put(row, 13, "; ".join(dict.fromkeys(one_.evidence for one_ in given.values() if one_.evidence)))


def state(line: dict, lang: str) -> str:
    """The state of a line, with why there is no figure."""
    why = reason(line["reason"], lang) if line["reason"] else ""
    return " - ".join(part for part in (say(f"state_{line['state']}", lang), why) if part)
