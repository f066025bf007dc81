"""The denominator ledger and the switchboard of wordings in words and tables."""

import polars as pl

from definitions import format
from definitions.load import definitions
from definitions.text import text
from exports import words
from exports.tables import Table, column
from exports.workbook import Column

EXPECTED = ("police", "statistics")  # sources a careful reader asks for, whether there are any or not
SAID = 3  # refusals said in words; the table has all


def source(id: str, lang: str) -> str:
    return text(f"ledger.source_{id}", lang)


def said(ledger: pl.DataFrame, lang: str) -> list[str]:
    """Whose verdict would be another, what was refused with both numbers, which sources are still missing."""
    flipped = ledger.filter("is_flipped")["name"].unique(maintain_order=True).to_list()
    names = words.listed([words.inside(name) for name in flipped], lang)
    facts = {"n": format.integer(len(flipped), lang), "names": names}
    found = [text("ledger.answer", lang, **facts) if flipped else text("ledger.answer_none", lang)]
    refused = ledger.filter("is_refused")
    found += [_refusal(row, lang) for row in refused.head(SAID).iter_rows(named=True)]
    more = refused.height - SAID
    found += [text("ledger.refused_more", lang, n=format.integer(more, lang))] if more > 0 else []
    missing = [id for id in EXPECTED if id not in ledger["source"]]
    listed = ", ".join(source(id, lang) for id in missing)
    return found + ([text("ledger.missing", lang, sources=listed)] if missing else [])


def _refusal(row: dict, lang: str) -> str:
    counts = {"n": format.integer(row["numerator"], lang), "N": format.integer(row["households"], lang)}
    return text("ledger.refused", lang, name=row["name"], source=source(row["source"], lang), **counts)


def table(ledger: pl.DataFrame, target: str, lang: str) -> Table:
    """metrics.denominators.ledger as a table, the communes with another verdict or a refused source first."""
    unit = text("unit.household", lang)
    is_plain = ~(pl.col("is_flipped") | pl.col("is_refused")).any().over("unit")
    ledger = ledger.sort(is_plain, maintain_order=True)
    shown = ledger.with_columns(
        pl.Series("source_word", [source(id, lang) for id in ledger["source"]], dtype=pl.String),
        pl.Series("verdict_word", [words.verdict(id, lang) if id else "" for id in ledger["verdict"]], dtype=pl.String),
        pl.Series("note", [_note(row, lang) for row in ledger.iter_rows(named=True)], dtype=pl.String),
    )
    heads = (
        column("name", "commune", "text", lang, "unit"),
        column("source_word", "source", "text", lang),
        Column("households", text("column.whole_of", lang, unit=unit), "", "count"),
        column("date", "date", "date", lang),
        Column("numerator", text("column.reached_of", lang, unit=unit), "", "count"),
        column("share", "figure", "share", lang),
        column("verdict_word", "verdict", "text", lang),
        column("note", "note", "text", lang),
        column("document", "document", "text", lang),
    )
    return Table(f"ledger-{target}", text("ledger.title", lang), shown, heads)


def _note(row: dict, lang: str) -> str:
    marks = [_refusal(row, lang)] if row["is_refused"] else []
    marks += [text("ledger.flipped", lang)] if row["is_flipped"] else []
    is_rough = row["verdict"] is None and not row["is_refused"]
    return ", ".join(marks + [text("ledger.not_exact", lang)] * is_rough)


def wordings(changed: pl.DataFrame, lang: str) -> list[str]:
    """Under each wording of access, how many communes change their verdict (metrics.targets.wording_changes)."""
    access, found = definitions().access, []
    for id, wording in access.wordings.items():
        name = words.label(wording, lang)
        if id == access.in_force:
            found.append(text("ledger.wording_in_force", lang, wording=name))
            continue
        n = changed.filter(pl.col(id) != pl.col(access.in_force)).height
        found.append(text("ledger.wording_count", lang, wording=name, n=format.integer(n, lang)))
    return found


def under(changed: pl.DataFrame, wording: str) -> pl.DataFrame:
    """The communes whose verdict changes under one wording; under any of them for the one in force."""
    in_force = definitions().access.in_force
    return changed if wording in ("", in_force) else changed.filter(pl.col(wording) != pl.col(in_force))
