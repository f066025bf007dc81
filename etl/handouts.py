"""The handouts of a data root: last month's figures and the registry's villages put into the forms."""

from dataclasses import replace
from datetime import date

import polars as pl

from etl import award_entries, deliveries, forms, load, store
from etl.forms_packet import Packet, packet
from etl.forms_slip import village_slip
from etl.landing import CELL, CELLS, Letter, hold, unpack
from etl.letters import letter
from etl.registry import registry, valid_in
from warehouse.version import Version, current

LAST = """
select measure, unit, dimension, category, max(month) as month, arg_max_null(value, month) as value from observation
where month < ?{inside} group by all"""

ASKED = """
select code, sheet, row, "column", coalesce(value::varchar, ''), printf('%.0f', reference)
from question where sha256 = ? order by row, "column", code"""


def template(root: store.Root, commune: str, month: date, revision: int = 1) -> bytes:
    """The workbook of one commune for a month, with its villages and the figures last reported. KeyError: no such."""
    known(commune)
    last = last_figures(root, month, commune)
    return forms.template(
        commune, month, villages(root, month, commune), last, root.origin, revision, baseline=is_first(last)
    )


def templates(root: store.Root, month: date) -> bytes:
    """One zip with the workbook of every commune."""
    last = last_figures(root, month)
    return forms.template_zip(month, villages(root, month), last, root.origin, baseline=is_first(last))


def slips(root: store.Root, commune: str, month: date) -> bytes:
    """The printable slips of a commune's villages, one A4 each, as PDF."""
    known(commune)
    return village_slip(commune, month, villages(root, month, commune), root.origin)


def known(commune: str) -> None:
    if commune not in {unit.code for unit in forms.communes()}:
        raise KeyError(commune)


def villages(root: store.Root, month: date, commune: str | None = None) -> pl.DataFrame:
    """The villages of the registry in a month: village, commune, name, ..."""
    listed = valid_in(registry(root), month)
    return listed.filter(pl.col("commune") == commune) if commune else listed


def last_figures(root: store.Root, month: date, commune: str | None = None) -> pl.DataFrame | None:
    """The figures last published before a month; None before the first version."""
    version: Version | None = current(root.path)
    if version is None:
        return None
    inside, given = (" and commune = ?", [month, commune]) if commune else ("", [month])
    told = version.query(LAST.format(inside=inside), given)
    last = pl.col("month").max().over("measure", "unit", "dimension")
    return told.filter(pl.col("month") == last, pl.col("value").is_not_null()).drop("month")


def is_first(last: pl.DataFrame | None) -> bool:
    """True while no breakdown by ethnic group has been reported: the baseline asks for it in any month."""
    return last is None or last.filter(pl.col("dimension") == "ethnic").is_empty()


def questions(root: store.Root, sha: str) -> list[Letter]:
    """What the current version asks about the figures of a delivery."""
    standing = current(root.path)
    rows = standing.query(ASKED, [sha]).iter_rows() if standing else ()
    return [
        letter(code, sheet, row, column, value, **dict.fromkeys(("before", "whole", "reference"), reference))
        for code, sheet, row, column, value, reference in rows
    ]


def returned(root: store.Root, sha: str) -> Packet:
    """What goes back to the sender of a delivery: its workbook with every error marked, and the text for Zalo."""
    receipt = store.receipt(root, sha)
    if receipt is None:
        raise KeyError(sha)
    packed = load.land(root, [receipt])[sha]
    landed = unpack(packed)
    if landed.table != CELL:  # no workbook: it goes back as a text alone
        landed = replace(landed, cells=CELLS.empty_table())
    told, read = award_entries.said(root), deliveries.in_hand([receipt], {sha: packed})
    judged = deliveries.judge(read, registry(root), root.origin, told=told)
    said = [Letter(**row) for row in judged.letters.select(list(Letter.__annotations__)).iter_rows(named=True)]
    new = [told for told in said if told not in landed.letters and told.severity != "refused"]
    whole = hold(landed, [*new, *questions(root, sha)])
    if landed.commune is None or landed.month is None:
        return packet(whole, villages(root, date.max.replace(day=1), ""))
    last = last_figures(root, landed.month, landed.commune)
    return packet(whole, villages(root, landed.month, landed.commune), last)
