"""Drawings and tables of a small published province: kept per version, and only what they are asked for."""

from pathlib import Path

import polars as pl
import pytest

from exports import drawings, tables
from exports.tables import Table, columns
from tests.tiny import TODAY, A, tiny
from warehouse.version import Version

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return tiny(tmp_path_factory.mktemp("drawn") / "published")


def test_another_version_is_drawn_anew(version: Version, tmp_path: Path) -> None:
    other = tiny(tmp_path / "published", factor=2)
    charts = [drawings.path(of, "access_2026", A, TODAY, "vi")[0] for of in (version, other)]
    assert "70/200" in charts[0] and "140/400" in charts[1]


def test_a_table_writes_figures_plainly_links_names_and_says_what_is_missing() -> None:
    frame = pl.DataFrame(
        {"unit": ["04474", ""], "name": ["Xã <Lao>", "Xã B"], "n": [1234, None], "share": [0.462, 1.0]}
    )
    heads = columns(
        "vi", ("name", "commune", "text", "unit"), ("n", "households", "count"), ("share", "figure", "share")
    )
    markup = tables.html(Table("t", "T", frame, heads), "vi", 1, lambda unit: f"communes?unit={unit}")
    link = '<a href="communes?unit=04474" target="_self">Xã &lt;Lao&gt;</a>'
    assert f'<tr><td class="txt">{link}</td><td>1.234</td><td>46,2%</td></tr></tbody>' in markup
    assert "Xã B" not in markup and "more" in markup
    whole = tables.html(Table("t", "T", frame, heads), "vi", 2, lambda unit: unit)
    assert '<tr><td class="txt">Xã B</td><td>–</td><td>100,0%</td></tr>' in whole


def test_a_column_of_sentences_gets_room_on_a_phone() -> None:
    frame = pl.DataFrame({"name": ["Xã A", "Xã B"], "note": ["", "Đề nghị ghi rõ " * 6], "n": [1, 2]})
    heads = columns("vi", ("name", "commune", "text"), ("note", "note", "text"), ("n", "households", "count"))
    markup = tables.html(Table("t", "T", frame, heads), "vi", 2)
    assert markup.count('<th class="txt long">') == 1 and '<th class="txt long">Ghi chú' in markup
    assert "long" not in tables.html(Table("t", "T", frame.head(1), heads), "vi", 2)
