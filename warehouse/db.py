"""Opens DuckDB files, to write a draft or to read a published version."""

from pathlib import Path
from typing import Any

import duckdb
import polars as pl

Connection = duckdb.DuckDBPyConnection
# What DuckDB raises where the system would say that the disk is full, read-only or gone.
CannotWrite = (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException)
OFFLINE: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


# A scan skips groups of rows whose least and greatest values rule them out: with groups this small, those of a channel
# or a commune are found in a country's table about as fast as in a province's.
GROUP_ROWS = 16_384


def draft(path: Path, threads: int = 2) -> Connection:
    """A database file to be filled, by one thread; nothing from outside is ever fetched."""
    connection = duckdb.connect(config={**OFFLINE, "threads": threads, "temp_directory": f"{path}.tmp"})
    file = str(path).replace("'", "''")
    connection.execute(f"attach '{file}' as draft (row_group_size {GROUP_ROWS}); use draft")
    return connection


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


def drafted(connection: Connection, sql: str) -> pl.DataFrame:
    """The rows of one query on a draft: a cursor of its own would look for its tables elsewhere."""
    return connection.sql(sql).pl()


def keep(connection: Connection, name: str, rows: pl.DataFrame) -> None:
    """The rows as a temporary table of the draft."""
    connection.register("incoming", rows)
    connection.execute(f'create temp table "{name}" as select * from incoming')
    connection.unregister("incoming")
