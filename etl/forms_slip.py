"""The printable village slip (Phiếu thôn): one A4 page a village on which each household is one stroke."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import fontpkg
import polars as pl
import typst

from definitions.load import definitions, platforms_in_force
from etl.forms import DEMO, form_version, unit

LAYOUT = Path(__file__).with_name("forms_slip.typ")
FONTS = fontpkg.path("Be Vietnam Pro").parent


def village_slip(commune: str, month: date, villages: pl.DataFrame, origin: str = "real") -> bytes:
    """A PDF with one A4 page per village (`village`, `name`); a blank slip where the villages are not known yet."""
    named = [{"id": row["village"], "name": row["name"]} for row in villages.iter_rows(named=True)]
    data = {
        "commune": unit(commune).full_name,
        "month": f"Tháng {month:%m} năm {month:%Y}",
        "origin": DEMO if origin == "demo" else "",
        "version": form_version(),
        "platforms": [definitions().platforms[id].label.vi for id in platforms_in_force(month)],
        "villages": named or [{"id": "", "name": ""}],
    }
    made = datetime(month.year, month.month, 1, tzinfo=UTC)
    return typst.compile(
        str(LAYOUT),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(made.timestamp()),
        pdf_tags=False,
    )
