"""Groups, gaps and levels as drawn: where a mark stands is what its figure says."""

import xml.etree.ElementTree as ElementTree

import polars as pl
import pytest

from charts import equiplot, scatter, waterfall
from charts.waterfall import Step

SVG = "{http://www.w3.org/2000/svg}"
GROUPS = ["Kinh", "Tày", "Mông"]


def levels() -> pl.DataFrame:
    rows = [
        ("Xã A", "Kinh", 0.8, 0.6),
        ("Xã A", "Tày", 0.5, 0.6),
        ("Xã A", "Mông", None, 0.6),
        ("Xã A", "Phù Lá", 0.25, 0.6),
        ("Xã B", "Kinh", None, None),
    ]
    schema = {"place": pl.String, "group": pl.String, "share": pl.Float64, "average": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def tips(svg: str, tag: str) -> dict[str, ElementTree.Element]:
    """The marks that say something when pointed at, by what they say."""
    found = {}
    for element in ElementTree.fromstring(svg).iter(SVG + tag):
        said = element.find(SVG + "title")
        if said is not None:
            found[said.text or ""] = element
    return found


def test_a_groups_mark_stands_at_its_share() -> None:
    drawn = equiplot.svg(levels(), groups=GROUPS, title="Tiếp cận", width=640)
    marks = tips(drawn, "circle")
    left, right = 170 + 8, 640 - 20
    assert float(marks["Xã A, Kinh: 80,0%"].get("cx") or 0) == pytest.approx(left + 0.8 * (right - left), abs=0.1)
    assert float(marks["Xã A, Phù Lá: 25,0%"].get("cx") or 0) == pytest.approx(left + 0.25 * (right - left), abs=0.1)
    assert "Xã A: 60,0%" in tips(drawn, "rect")


def test_a_group_without_a_figure_is_not_drawn_as_zero() -> None:
    drawn = equiplot.svg(levels(), groups=GROUPS, title="Tiếp cận", width=640)
    assert not any("Mông" in said for tag in ("circle", "polygon", "rect") for said in tips(drawn, tag))
    assert "chưa có số" in drawn  # Xã B


def test_the_steps_of_a_waterfall_hang_on_one_another() -> None:
    steps = [Step("Mông", 0.3, True), Step("Nơi cư trú", 0.15), Step("Cùng nơi", -0.05), Step("Kinh", 0.4, True)]
    drawn = tips(waterfall.svg(steps, title="Cách biệt"), "rect").values()
    bars = sorted(drawn, key=lambda bar: float(bar.get("x") or 0))
    upper = [float(bar.get("y") or 0) for bar in bars]
    lower = [float(bar.get("y") or 0) + float(bar.get("height") or 0) for bar in bars]
    assert lower[1] == pytest.approx(upper[0], abs=0.2)  # the second begins where the first ends
    assert upper[2] == pytest.approx(upper[1], abs=0.2)  # a fall begins at the top of what it falls from
    assert lower[2] == pytest.approx(upper[3], abs=0.2)
    assert lower[0] == pytest.approx(lower[3], abs=0.2)  # levels stand on zero


def test_the_axis_of_a_scatter_holds_every_value_in_round_steps() -> None:
    for values in ([0.13, 0.87], [0.0], [5.0, 5.0], [-3.2, 41.0]):
        ticks = scatter.axis(values)
        assert ticks[0] <= min(values) and max(values) <= ticks[-1] and 2 <= len(ticks) <= 7


def test_a_place_without_both_figures_is_not_drawn() -> None:
    frame = pl.DataFrame({"name": ["A", "B"], "x": [0.4, None], "y": [12.0, 3.0], "is_named": [True, False]})
    drawn = scatter.svg(frame, across="mức", up="cách biệt", title="Mức và cách biệt")
    assert list(tips(drawn, "circle")) == ["A: 40%; 12,0"]
