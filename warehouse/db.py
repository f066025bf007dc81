"""Opens DuckDB files, to write a draft or to read a published version."""

from pathlib import Path
from typing import Any

import duckdb
import polars as pl

Connection = duckdb.DuckDBPyConnection
# What DuckDB raises where the system would say that the disk is full, read-only or gone.
CannotWrite = (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException)
OFFLINE: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


def draft(path: Path, threads: int = 2) -> Connection:
    """A new database file to be filled; nothing from outside is ever fetched."""
    return duckdb.connect(str(path), config={**OFFLINE, "threads": threads})


def reader(path: Path, threads: int = 2) -> Connection:
    """A published file, read-only, closed to every other file and to the network."""
    config = {**OFFLINE, "threads": threads, "enable_external_access": False}
    return duckdb.connect(str(path), read_only=True, config=config)


def frame(connection: Connection, sql: str, params: Any = None) -> pl.DataFrame:
    """The rows of one query; a cursor of its own, so that threads may share the connection."""
    cursor = connection.cursor()
    try:
        return cursor.sql(sql, params=params).pl()
    finally:
        cursor.close()


def keep(connection: Connection, name: str, rows: pl.DataFrame) -> None:
    """The rows as a temporary table of the draft."""
    connection.register("incoming", rows)
    connection.execute(f'create temp table "{name}" as select * from incoming')
    connection.unregister("incoming")
