"""The only door to DuckDB: published versions are made here and read here."""
