"""The handouts of a data root: last month's figures and the registry's villages put into the forms."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from etl import build, deliveries, forms, load, store
from etl.forms_packet import Packet, packet
from etl.forms_slip import village_slip
from etl.landing import Letter, hold, read_landing
from etl.registry import registry, valid_in
from etl.sources import sources
from warehouse.version import Version, current

LAST = """
select measure, unit, dimension, category, value
from (select *, max(month) over (partition by measure, unit, dimension) as last from observation
      where month < ? and commune = coalesce(?, commune))
where month = last and value is not null"""


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
    return version.query(LAST, [month, commune]) if version else None


def is_first(last: pl.DataFrame | None) -> bool:
    """True while no breakdown by ethnic group has been reported: the baseline asks for it in any month."""
    return last is None or last.filter(pl.col("dimension") == "ethnic").is_empty()


def returned(root: store.Root, sha: str) -> Packet:
    """What goes back to the sender of a delivery: its workbook with every error marked, and the text for Zalo."""
    receipt = store.receipt(root, sha)
    if receipt is None:
        raise KeyError(sha)
    load.land(root, [receipt])
    landed = read_landing(root.landing, receipt["source"], sha, sources()[receipt["source"]].VERSION)
    assert landed is not None, "just landed"
    judged = deliveries.judge(deliveries.in_hand([receipt], {sha: landed}), registry(root), root.origin)
    said = [Letter(**row) for row in judged.letters.select(list(Letter.__annotations__)).iter_rows(named=True)]
    whole = hold(landed, [told for told in said if told not in landed.letters and told.severity != "refused"])
    if landed.commune is None or landed.month is None:
        return packet(whole, villages(root, date.max.replace(day=1), ""))
    last = last_figures(root, landed.month, landed.commune)
    return packet(whole, villages(root, landed.month, landed.commune), last)


def take_in(root: store.Root, files: Sequence[tuple[str, bytes]], sender: str, way: str) -> list[load.FileResult]:
    """Files handed in by name and content: the same as `load` on the same files, and published."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, (name, content) in enumerate(files):
            place = Path(folder) / str(number)
            place.mkdir()
            paths.append(place / Path(name).name)
            paths[-1].write_bytes(content)
        answers = load.load(root, paths, sender=sender, way=way)
    build.build(root)
    return [answer | {"file": Path(answer["file"]).name} for answer in answers]
