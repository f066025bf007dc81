"""What one delivery gave when read: typed cells with their place, letters, ignored rows; kept under the bytes' hash."""

import hashlib
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from etl.store import replace_file

Severity = Literal["refused", "held", "question"]

LANDING_SCHEMA: dict[str, Any] = {
    "form_sheet": pl.String,  # id of the sheet in forms.toml
    "sheet": pl.String,  # its name in the file
    "row": pl.Int32,  # as Excel counts, from 1
    "column": pl.String,  # Excel's letter
    "village_id": pl.String,
    "village_name": pl.String,
    "measure": pl.String,  # a measure's id or "text:<name>"
    "dimension": pl.String,  # none, ethnic, priority
    "category": pl.String,  # "" or an ethnic or priority group's id, or "unknown"
    "value": pl.Int64,  # null: said to be missing, or a text
    "text": pl.String,
    "unchanged": pl.Boolean,  # the officer ticked "as last month"
}
# The same for Arrow, in which the reading process makes and writes its small tables: each call of the frame library
# costs it as much as reading a sheet.
_ARROW = {pl.String: pa.large_string(), pl.Int32: pa.int32(), pl.Int64: pa.int64(), pl.Boolean: pa.bool_()}
CELLS = pa.schema([(name, _ARROW[kind]) for name, kind in LANDING_SCHEMA.items()])
CELL = "cell"  # the landed table of the communes' workbooks


@dataclass(frozen=True)
class Letter:
    """One thing said back to the sender, in Vietnamese, at its place in the workbook."""

    sheet: str
    row: int | None
    column: str | None
    code: str
    found: str
    expected: str
    message: str
    severity: Severity


@dataclass(frozen=True)
class Ignored:
    """A row that holds no figures of its own, and why it was passed over."""

    sheet: str
    row: int
    kind: str


@dataclass(frozen=True)
class HeldCell:
    """One cell of a row held back, as it stood in the file: what the packet shows again to the sender.

    measure is the form's column: a measure, "text:<name>", "unchanged" or "category".
    """

    form_sheet: str
    sheet: str
    row: int
    column: str
    village_id: str | None
    village_name: str | None
    measure: str
    text: str


@dataclass(frozen=True)
class Landed:
    """One delivery as read: every non-empty row of the file is stored, held (by a letter) or ignored.

    cells: the figures of the rows stored, one row each; stored: how many rows of the file those are. table: whose rows
    the cells are: "cell" (LANDING_SCHEMA), or a source's own (etl.deliveries.OTHER_TABLES). origin: None where the
    file cannot say it. written: the unit as the file names it, where that may be one of before the merger.
    """

    source: str
    version: str
    commune: str | None
    month: date | None
    revision: int
    origin: Literal["real", "demo"] | None
    refused: Letter | None
    cells: pa.Table
    stored: int
    letters: tuple[Letter, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    held_cells: tuple[HeldCell, ...] = ()
    table: str = CELL
    written: str | None = None

    @cached_property
    def values(self) -> pl.DataFrame:
        """The cells as a frame."""
        return pl.DataFrame(self.cells).cast(pl.Schema(LANDING_SCHEMA))

    @property
    def held(self) -> set[tuple[str, int]]:
        """The (sheet, row) of every row held back: by a letter of its own, or with the record it is a part of."""
        told = {(x.sheet, x.row) for x in self.letters if x.severity == "held" and x.row is not None}
        return told | {(x.sheet, x.row) for x in self.held_cells}

    @property
    def rows(self) -> dict[str, int]:
        return {"stored": self.stored, "held": len(self.held), "ignored": len(self.ignored)}


class SourceError(Exception):
    """A fault of the sender's file, said in a letter to the sender."""

    def __init__(self, letter: Letter):
        self.letter = letter
        super().__init__(letter.message)


def refusal(source: str, version: str, letter: Letter, ignored: Iterable[Ignored] = ()) -> Landed:
    """A delivery of which nothing is stored."""
    return Landed(source, version, None, None, 1, "real", letter, CELLS.empty_table(), 0, (), tuple(ignored))


def table_of(rows: Iterable[tuple], schema: pa.Schema) -> pa.Table:
    """Rows as the cells of a landing with a table of its own."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def with_values(landed: Landed, values: pl.DataFrame) -> Landed:
    """The same delivery with these cells."""
    stored = values.select(pl.struct("sheet", "row").n_unique()).item() if values.height else 0
    return replace(landed, cells=pa.table(values), stored=stored)


def hold(landed: Landed, letters: Iterable[Letter]) -> Landed:
    """The same delivery with the rows these letters name taken out of the values."""
    letters = tuple(letters)
    places = [(x.sheet, x.row) for x in letters if x.severity == "held" and x.row is not None]
    gone = pl.DataFrame(places, schema={"sheet": pl.String, "row": pl.Int32}, orient="row")
    kept = landed.values.join(gone, on=["sheet", "row"], how="anti", maintain_order="left")
    taken = landed.values.join(gone.unique(), on=["sheet", "row"], how="semi", maintain_order="left")
    cells = tuple(cell for row in taken.iter_rows(named=True) for cell in held_cells(row))
    told = replace(landed, letters=landed.letters + letters, held_cells=landed.held_cells + cells)
    return with_values(told, kept)


def held_cells(row: dict[str, Any]) -> list[HeldCell]:
    """A stored cell as a held one; a breakdown's group comes along with each of its cells."""
    place = (row["form_sheet"], row["sheet"], row["row"], row["column"], row["village_id"], row["village_name"])
    text = row["text"] if row["value"] is None else str(row["value"])
    group = [HeldCell(*place, "category", row["category"])] if row["category"] else []
    ticked = [HeldCell(*place, "unchanged", "x")] if row["unchanged"] else []
    return [HeldCell(*place, row["measure"], text or ""), *group, *ticked]


# ---- as bytes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Packed:
    """A landing as its two files hold it: `marker` the .json, `values` the .parquet."""

    marker: bytes
    values: bytes

    @cached_property
    def head(self) -> dict[str, Any]:
        return json.loads(self.marker)


def pack(landed: Landed) -> Packed:
    """A landing as bytes. The marker tells the length and hash of the values, so that a torn pair is known as one."""
    values = _parquet(landed.cells)
    head = {
        "source": landed.source,
        "version": landed.version,
        "commune": landed.commune,
        "month": landed.month.isoformat() if landed.month else None,
        "revision": landed.revision,
        "origin": landed.origin,
        "table": landed.table,
        "written": landed.written,
        "refused": asdict(landed.refused) if landed.refused else None,
        "rows": landed.rows,
        "cells": landed.cells.num_rows,
        "letters": [vars(letter) for letter in landed.letters],
        "ignored": [[x.sheet, x.row, x.kind] for x in landed.ignored],
        "held_cells": [list(vars(cell).values()) for cell in landed.held_cells],
        "values": _check(values),
    }
    return Packed(json.dumps(head, ensure_ascii=False).encode(), values)


_FORMAT: dict[str, Any] = {"compression": "lz4", "write_statistics": False, "store_schema": False}
# Names that stand once: a dictionary of them costs a third of the writing and saves nothing.
_ONCE = ("village_id", "village_name", "text")


def _parquet(cells: pa.Table) -> bytes:
    buffer = pa.BufferOutputStream()
    words = [x.name for x in cells.schema if x.type == pa.large_string() and x.name not in _ONCE]
    pq.write_table(cells, buffer, use_dictionary=words, **_FORMAT)
    return buffer.getvalue().to_pybytes()


def _check(values: bytes) -> dict[str, Any]:
    return {"bytes": len(values), "sha256": hashlib.sha256(values).hexdigest()}


def unpack(packed: Packed) -> Landed:
    """The reverse of `pack`."""
    head = packed.head
    return Landed(
        head["source"],
        head["version"],
        head["commune"],
        date.fromisoformat(head["month"]) if head["month"] else None,
        head["revision"],
        head["origin"],
        Letter(**head["refused"]) if head["refused"] else None,
        pa.table(pl.read_parquet(io.BytesIO(packed.values))),
        head["rows"]["stored"],
        tuple(Letter(**letter) for letter in head["letters"]),
        tuple(Ignored(*row) for row in head["ignored"]),
        tuple(HeldCell(*cell) for cell in head["held_cells"]),
        head["table"],
        head["written"],
    )


# ---- in the landing folder -------------------------------------------------------------------------------------------


def landing_path(landing: Path, source: str, sha: str, version: str) -> Path:
    """Where the .parquet of a delivery lies; its .json stands beside it."""
    return landing / source / f"{sha}-{version}.parquet"


def write_packed(landing: Path, sha: str, packed: Packed) -> None:
    """Keep what a delivery gave under `landing/<source>/`, in place of what it gave before.

    Nothing is synced: the landing can be made again from the inbox, and `read_packed` takes no half of one for whole.
    """
    head = packed.head
    path = landing_path(landing, head["source"], sha, head["version"])
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, packed.values)
    replace_file(path.with_suffix(".json"), packed.marker)


def read_packed(landing: Path, source: str, sha: str, version: str) -> Packed | None:
    """What a delivery gave, or None where it does not lie there whole, read by this reader version."""
    path = landing_path(landing, source, sha, version)
    try:
        packed = Packed(path.with_suffix(".json").read_bytes(), path.read_bytes())
        # A head of an earlier layout did not say which unit is written in the file.
        is_whole = "written" in packed.head and packed.head["values"] == _check(packed.values)
    except (FileNotFoundError, ValueError):  # a marker torn by a power cut is no JSON
        return None
    return packed if is_whole else None


def forget_former(landing: Path, versions: dict[str, str]) -> None:
    """Remove what other reader versions gave of these deliveries (hash -> the version that counts)."""
    for path in landing.glob("*/*"):
        sha, _, version = path.stem.partition("-")
        if versions.get(sha, version) != version:
            path.unlink(missing_ok=True)


def write_landing(landing: Path, sha: str, landed: Landed) -> None:
    write_packed(landing, sha, pack(landed))


def read_landing(landing: Path, source: str, sha: str, version: str) -> Landed | None:
    packed = read_packed(landing, source, sha, version)
    return unpack(packed) if packed else None
