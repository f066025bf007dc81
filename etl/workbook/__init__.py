"""Reads the workbooks that really arrive: bytes to cells, cells to tables, tables to counts."""
