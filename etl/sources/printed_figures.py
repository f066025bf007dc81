"""Reads the figures found in print: dated, each with its source, shown beside our series and never added to them."""

from dataclasses import asdict, fields
from datetime import date

import polars as pl

from definitions.load import DefinitionError
from definitions.reference import PrintedFigure, printed_figures

TYPES = {"float | None": pl.Float64, "bool": pl.Boolean, "str": pl.String}


def read() -> pl.DataFrame:
    """One row per printed figure, columns as in the file; DefinitionError where a figure has no source or no day."""
    schema = {field.name: TYPES[str(field.type)] for field in fields(PrintedFigure)}
    return pl.DataFrame([asdict(checked(figure)) for figure in printed_figures()], schema=schema, orient="row")


def checked(figure: PrintedFigure) -> PrintedFigure:
    """The figure, when it can be shown: it says where it was printed and on which day it ends."""
    if not figure.source:
        raise DefinitionError("printed_figures.csv", figure.id, "source", "a figure without its source is not shown")
    try:
        date.fromisoformat(figure.day)
    except ValueError:
        raise DefinitionError("printed_figures.csv", figure.id, "day", f"not a day: {figure.day!r}") from None
    if figure.value is None and figure.value_low is None and figure.value_high is None:
        raise DefinitionError("printed_figures.csv", figure.id, "value", "neither a value nor a range")
    return figure
