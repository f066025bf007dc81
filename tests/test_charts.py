"""What the drawings say: positions, labels, signs; nothing cut, nothing unescaped, the same bytes twice."""

import json
import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from datetime import date

import polars as pl
import pytest

from charts import bars, classes, dots, ladder, lines, marks, multiples, rates, sharemap, theme, tilemap, trajectory
from definitions.load import definitions

DEADLINE = date(2026, 12, 31)
SVG = "{http://www.w3.org/2000/svg}"
EVIL = 'Thôn <script>alert("1")</script> & \x07Bản'
SCHEMA = {
    "month": pl.Date, "share": pl.Float64, "numerator": pl.Int64, "denominator": pl.Int64, "kind": pl.String,
    "linear": pl.Float64, "logit": pl.Float64, "needed": pl.Float64,
}  # fmt: skip


def path(shares: Mapping[date, float | None], carried: tuple[date, ...] = (), projected: bool = True) -> pl.DataFrame:
    """A trajectory of metrics.targets: known months, then both projections and the needed path up to December 2026."""
    rows: list[tuple] = [
        (
            m,
            s,
            None if s is None else round(s * 1000),
            1000,
            "carried" if m in carried else "reported",
            None,
            None,
            None,
        )
        for m, s in shares.items()
    ]
    if projected:
        rows += [(date(2026, 11, 1), None, None, None, "projected", 0.5, 0.48, 0.46)]
        rows += [(date(2026, 12, 1), None, None, None, "projected", 0.58, 0.54, 0.5)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


SUMMER = {date(2026, 7, 1): 0.1, date(2026, 8, 1): 0.2, date(2026, 9, 1): 0.3, date(2026, 10, 1): 0.42}


def drawn(frame: pl.DataFrame, **more) -> str:
    given = {"goal": 0.5, "deadline": DEADLINE, "title": "Tiếp cận", **more}
    return trajectory.svg(frame, **given)


def find(svg: str, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(SVG + tag))


def words(svg: str) -> list[str]:
    return [element.text or "" for element in find(svg, "text")]


def tips(svg: str) -> list[str]:
    return [element.text or "" for element in find(svg, "title")]


def heights(svg: str) -> dict[str, float]:
    """Where the percentages of the axis stand: label -> y of its line."""
    return {
        t.text or "": float(t.get("y", 0)) - 4
        for t in find(svg, "text")
        if t.get("text-anchor") == "end" and (t.text or "").endswith("%")
    }


def test_a_point_stands_where_its_share_is_on_the_axis() -> None:
    svg = drawn(path(SUMMER))
    axis = heights(svg)
    zero, top = axis["0%"], axis["80%"]
    points = [c for c in find(svg, "circle") if c.find(SVG + "title") is not None]
    shares = [(zero - float(c.get("cy", 0))) / (zero - top) * 0.8 for c in points]
    assert shares == pytest.approx([0.1, 0.2, 0.3, 0.42], abs=0.002)
    assert "42,0%" in words(svg)
    assert "10/2026: 42,0% (420/1.000), đã báo cáo" in tips(svg)


def test_the_projections_end_at_the_deadline_with_their_figures() -> None:
    svg = drawn(path(SUMMER))
    band = next(p for p in find(svg, "polygon") if p.get("fill") == theme.BAND)
    edge = next(
        line for line in find(svg, "line") if line.get("x1") == line.get("x2") and line.get("stroke-width") == "1.5"
    )
    assert max(float(pair.split(",")[0]) for pair in band.get("points", "").split()) == float(edge.get("x1", 0))
    assert {"58%", "54%", "50%", "đường thẳng", "đường cong", "chỉ tiêu", "Thời hạn 31/12/2026"} <= set(words(svg))


def test_projections_that_meet_get_one_label_the_lower_figure() -> None:
    frame = path(SUMMER).with_columns(logit=pl.col("linear") - 0.004)
    assert {"57,6%", "dự báo"} <= set(words(drawn(frame))) and "đường cong" not in words(drawn(frame))


def test_without_a_projection_nothing_pretends_to_be_one() -> None:
    svg = drawn(path(SUMMER, projected=False))
    assert not [p for p in find(svg, "polygon") if p.get("fill") == theme.BAND]
    assert not any("Dải mờ" in w or "Nét đứt" in w for w in words(svg))


def test_the_line_is_not_joined_over_a_missing_month_nor_a_break() -> None:
    def solid(svg: str) -> list[int]:
        return [len(p.get("points", "").split()) for p in find(svg, "polyline") if p.get("stroke-width") == "2.5"]

    assert solid(drawn(path(SUMMER))) == [4]
    assert solid(drawn(path(SUMMER | {date(2026, 8, 1): None}))) == [1, 2]
    cut = trajectory.Break(date(2026, 9, 1), "Thay biểu mẫu")
    svg = drawn(path(SUMMER), breaks=[cut])
    assert solid(svg) == [2, 2] and "(1) 09/2026: Thay biểu mẫu" in words(svg)


def test_a_carried_point_is_hollow_and_says_so() -> None:
    svg = drawn(path(SUMMER, carried=(date(2026, 10, 1),)))
    fills = [c.get("fill") for c in find(svg, "circle") if c.find(SVG + "title") is not None]
    assert fills == [theme.ACCENT] * 3 + [theme.PAPER]
    assert any("lấy theo kỳ trước" in tip for tip in tips(svg))


def test_a_printed_figure_is_a_dated_mark_never_joined() -> None:
    printed = pl.DataFrame({"date": [date(2026, 9, 28)], "share": [0.41], "source": ["Báo Lào Cai"]})
    svg, bare = drawn(path(SUMMER), printed=printed), drawn(path(SUMMER))
    assert len(find(svg, "polyline")) == len(find(bare, "polyline"))
    assert "41,0%, 28/09/2026: Báo Lào Cai" in tips(svg)
    assert "Hình thoi: số đã công bố 41,0% (28/09/2026, Báo Lào Cai)." in " ".join(words(svg))


def test_no_data_at_all_still_draws_the_goal() -> None:
    assert "chỉ tiêu" in words(drawn(path({}, projected=False)))


LADDER = pl.DataFrame({"rung": ["formed", "trained", "active"], "n": [53, 41, 30], "total": [55, 55, 55]})
PLATFORMS = pl.DataFrame(
    {
        "label": ["Thanh toán không dùng tiền mặt", "Zalo OA của Mặt trận"],
        "share": [0.44, None], "cluster_share": [0.5, 0.1], "province_share": [0.6, None],
    }
)  # fmt: skip
RANKED = pl.DataFrame(
    {
        "name": ["Xã Phong Dụ Thượng", "Phường Nghĩa Lộ", "Xã Nậm Xé"],
        "value": [0.4, 0.2, None], "verdict": ["on_track", "limited", "not_assessable"],
    }
)  # fmt: skip
ROUNDS = pl.DataFrame(
    {
        "month": [date(2026, m, 1) for m in range(1, 11)],
        "expected": [99] * 10, "submitted": [97] * 10, "on_time": [93] * 10, "usable": [90] * 10,
    }
)  # fmt: skip


def province(count: int = 12) -> tuple[pl.DataFrame, pl.DataFrame]:
    ids = [*list(definitions().verdicts)[:7], None, "protected", "on_track", "on_track", "limited"]
    units = [f"{i:05d}" for i in range(count)]
    frame = pl.DataFrame(
        {
            "unit": units,
            "name": [f"Xã Nậm {i}" for i in range(count)],
            "verdict": ids[:count],
            "share": [0.1 * i / 2 for i in range(count)],
        }
    )
    tiles = pl.DataFrame({"code": units, "col": [i % 4 for i in range(count)], "row": [i // 4 for i in range(count)]})
    return frame, tiles


def every(width: float, name: str = "Xã Phong Dụ Thượng") -> dict[str, str]:
    frame, tiles = province()
    return {
        "trajectory": drawn(
            path(SUMMER, carried=(date(2026, 9, 1),)), width=width, title=f"{name}: 42,0%, dự báo 54-58%"
        ),
        "map": tilemap.svg(frame, tiles, title=name, width=width),
        "ladder": ladder.svg(LADDER, title=name, unknown=7, width=width),
        "dots": dots.svg(
            PLATFORMS, title=name, unit=name, cluster="Cụm Mường Khương - Si Ma Cai - Bắc Hà", width=width
        ),
        "bars": bars.svg(RANKED, title=name, line=("chỉ tiêu", 0.5), width=width),
        "rates": rates.svg(ROUNDS, title=name, width=width),
        "lines": lines.svg(slices(name), title=name, width=width),
        "multiples": multiples.svg(slices(name), title=name, width=width),
        "sharemap": sharemap.svg(communes(name), tiles, title=name, width=width),
    }


def slices(name: str = "Xã Phong Dụ Thượng", count: int = 3) -> pl.DataFrame:
    """Rows of a slice as series, July to October: the second with a gap in August, nothing asked in September."""
    rows = []
    for n in range(count):
        for month, share in SUMMER.items():
            state = {(1, 8): "not_reported"}.get((n, month.month), "not_asked" if month.month == 9 else "")
            known = None if state else round(share * 1000) + 100 * n
            rows.append({
                "series": str(n), "label": f"{name} {n}", "month": month, "share": known and known / 1000,
                "numerator": known, "denominator": known and 1000, "state": state, "is_imputed": n == 2,
                "is_named": n < 2,
            })  # fmt: skip
    kinds = {"share": pl.Float64, "numerator": pl.Int64, "denominator": pl.Int64}
    return pl.DataFrame(rows, schema_overrides=kinds)


def communes(name: str = "Xã Phong Dụ Thượng") -> pl.DataFrame:
    """One commune for each class of shares and each reason."""
    shares = [0.1, 0.3, 0.5, 0.7, 0.9, None, None, None, None]
    states = [""] * 5 + ["not_reported", "not_asked", "protected", "no_households"]
    month = date(2026, 10, 1)
    return pl.DataFrame(
        {
            "unit": [f"{n:05}" for n in range(9)], "label": name, "month": month, "share": shares, "state": states,
            "numerator": [s and round(s * 10) for s in shares], "denominator": [s and 10 for s in shares],
            "is_imputed": [n == 1 for n in range(9)],
        }
    )  # fmt: skip


@pytest.mark.parametrize("width", [280, 360, 640])
def test_no_text_runs_out_of_the_picture(width: float) -> None:
    for name, svg in every(width).items():
        for element in find(svg, "text"):
            size, bold = float(element.get("font-size", 0)), element.get("font-weight") is not None
            long, x = theme.text_width(element.text or "", size, bold), float(element.get("x", 0))
            left = x - {"end": long, "middle": long / 2}.get(element.get("text-anchor", ""), 0)
            assert left >= -2 and left + long <= width + 2, f"{name} at {width}: {element.text}"
            assert size >= 8, f"{name} at {width}: {element.text} is too small to read"


def test_every_drawing_escapes_what_it_is_given() -> None:
    for svg in every(360, EVIL).values():
        assert "<script" not in svg and ElementTree.fromstring(svg).get("role") == "img"
        assert "\x07" not in svg and "\n\n" not in svg


def test_the_same_frame_gives_the_same_bytes() -> None:
    assert every(480) == every(480)


@pytest.mark.parametrize("verdict", definitions().verdicts)
def test_a_verdicts_sign_is_a_shape_no_font_need_have_it(verdict: str) -> None:
    known = definitions().verdicts[verdict]
    svg = marks.badge(verdict)
    assert words(svg) == [known.label.vi] and known.tint in svg
    assert "<text" not in marks.sign(known.sign, 0, 0, 10)


def test_the_map_counts_every_unit_once() -> None:
    frame, _ = province()
    found = dict(tilemap.counts(frame))
    assert sum(found.values()) == 12
    assert (found["on_track"], found["not_reported"], found["protected"]) == (3, 1, 1)


def test_the_map_to_click_on_is_one_trace_with_a_sign_and_a_unit_on_every_tile() -> None:
    frame, tiles = province()
    figure = tilemap.figure(frame, tiles, selected="00003")
    (trace,) = figure["data"]
    assert {unit for (unit,) in trace["customdata"]} == set(frame["unit"])
    at = dict(zip((unit for (unit,) in trace["customdata"]), zip(trace["x"], trace["y"], strict=True), strict=True))
    assert at["00000"] == (0, 0) and at["00001"] == (1, 0) and at["00004"] == (0.5, pytest.approx(0.866))
    assert trace["text"][0] == "✓" and trace["hovertext"][2] == "Xã Nậm 2: 10,0% - Đúng tiến độ"
    assert figure["layout"]["shapes"][-1]["line"]["width"] == 3, "the selected tile is drawn last"
    outlines = [shape["path"].count("M") for shape in figure["layout"]["shapes"]]
    assert sum(outlines) == 12 and outlines[-1] == 1 and figure["layout"]["separators"] == ",."
    looks = {(shape["fillcolor"], *shape["line"].values()) for shape in figure["layout"]["shapes"]}
    assert len(looks) == len(outlines), "units that look alike are one shape"
    assert json.dumps(figure) == json.dumps(tilemap.figure(frame, tiles, selected="00003"))


def test_tiles_touch_but_do_not_overlap() -> None:
    tile = marks.hexagon(0, 0, 1)
    xs, ys = [x for x, _ in tile], [y for _, y in tile]
    assert max(xs) - min(xs) == pytest.approx(1)
    assert max(ys) - min(ys) == pytest.approx(2 / math.sqrt(3)), "rows 3/4 of it apart interlock"
    assert pytest.approx(3 / 4 * 2 / math.sqrt(3)) == tilemap.ROW


def square(code: str, lon: float) -> dict:
    ring = [[lon, 22.0], [lon + 0.2, 22.0], [lon + 0.2, 22.1], [lon + 0.2, 22.2], [lon, 22.2], [lon, 22.0]]
    return {"properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def test_a_boundary_file_turns_the_tiles_into_a_true_map() -> None:
    frame, tiles = province(2)
    boundaries = {"type": "FeatureCollection", "features": [square("00000", 104.0), square("00001", 104.2)]}
    laid = tilemap.places(tiles, boundaries)
    for place in laid.values():
        assert all(tilemap.within(point, place.rings[0]) for point in place.points)
        assert len(place.rings[0]) == 5, "the point on the straight edge is simplified away"
    figure = tilemap.figure(frame, tiles, boundaries=boundaries)
    assert len(figure["data"]) == 1 and sum(1 for sign in figure["data"][0]["text"] if sign) == 2
    assert "Xã Nậm 1" in tilemap.svg(frame, tiles, title="", boundaries=boundaries)


def test_bars_start_at_zero_and_nothing_known_is_no_bar() -> None:
    svg = bars.svg(RANKED, title="Xếp theo tỷ lệ", line=("chỉ tiêu", 0.5))
    drawn_bars = [r for r in find(svg, "rect") if r.get("height") == "16"]
    wide = [float(r.get("width", 0)) for r in drawn_bars]
    assert len(wide) == 2 and wide[0] == pytest.approx(2 * wide[1], abs=0.2)
    assert len({r.get("x") for r in drawn_bars}) == 1
    assert "chưa có số" in words(svg) and "Xã Phong Dụ Thượng: 40,0%, Đúng tiến độ" in tips(svg)


def test_the_ladder_says_n_of_all_and_hatches_what_is_not_known() -> None:
    svg = ladder.svg(LADDER, title="Thang", unknown=7, width=551)
    wide = [float(r.get("width", 0)) for r in find(svg, "rect")]
    assert wide == [550, 530, 550, 410, 550, 300]
    assert "Đang hoạt động: 30/55 thôn, bản, tổ dân phố" in tips(svg)
    assert any("7 tổ" in w for w in words(svg))


def test_dots_stand_at_their_shares() -> None:
    svg = dots.svg(PLATFORMS, title="Nền tảng", unit="Xã A", width=470)
    (dot,) = [c for c in find(svg, "circle") if c.get("r") == "6.5"]
    assert float(dot.get("cx", 0)) == pytest.approx(6 + 0.44 * 400)
    assert "Zalo OA của Mặt trận: –; cụm thi đua 10,0%; toàn tỉnh –" in tips(svg)


def test_the_three_rates_are_named_at_their_ends() -> None:
    svg = rates.svg(ROUNDS, title="Kỳ báo cáo")
    assert {"98%", "94%", "91%", "đã gửi", "đúng hạn", "dùng được"} <= set(words(svg))
    assert "10/2026, đúng hạn: 93,9% (93/99 xã, phường)" in tips(svg)


def test_labels_move_apart_and_keep_their_order() -> None:
    placed = marks.apart([50, 52, 51], 20, 0, 100)
    assert sorted(placed) == [placed[0], placed[2], placed[1]]
    assert min(b - a for a, b in zip(sorted(placed), sorted(placed)[1:], strict=False)) >= 20
    assert marks.apart([95, 96], 20, 0, 100) == [80, 100]


def test_long_text_wraps_between_words_and_shortens_with_an_ellipsis() -> None:
    lines = theme.wrap("Cụm Mường Khương - Si Ma Cai - Bắc Hà", 120)
    assert " ".join(lines) == "Cụm Mường Khương - Si Ma Cai - Bắc Hà"
    assert all(theme.text_width(line) <= 120 for line in lines)
    assert re.fullmatch(r"Xã Phong.*…", theme.shorten("Xã Phong Dụ Thượng", 80))


def test_english_says_the_same_in_english() -> None:
    svg = drawn(path(SUMMER), lang="en")
    assert {"goal", "straight line", "curve", "Deadline 31/12/2026", "42.0%"} <= set(words(svg))


# ---- slices ----------------------------------------------------------------------------------------------------------


def test_lines_pass_over_months_not_asked_and_break_at_a_missing_report() -> None:
    svg = lines.svg(slices(), title="")
    runs = [len(p.get("points", "").split()) for p in find(svg, "polyline") if p.get("stroke-width") == "2.2"]
    assert sorted(runs) == [3], "the second series has one point on either side of its gap"
    assert len(find(svg, "circle")) == 3 + 2
    assert "42,0% Xã Phong Dụ Thượng 0" in words(svg) and "52,0% Xã Phong Dụ Thượng 1" in words(svg)
    assert not any("Thượng 2" in w for w in words(svg)), "the third is context"


def test_what_was_shared_out_is_dashed_or_hatched_and_said() -> None:
    assert any(p.get("stroke-dasharray") == "5 3" for p in find(lines.svg(slices(), title=""), "polyline"))
    shared = pl.DataFrame({"name": ["a", "b"], "value": [0.5, 0.5], "is_imputed": [True, False]})
    assert len(find(bars.svg(shared, title="", width=400), "line")) > len(find(bars.svg(shared[1:], title=""), "line"))
    for svg in (
        lines.svg(slices(), title=""),
        bars.svg(shared, title=""),
        sharemap.svg(communes(), province()[1], title=""),
    ):
        assert "có phần ước chia" in words(svg)


def test_small_multiples_share_one_scale_and_say_why_there_is_no_figure() -> None:
    frame = slices().with_columns(
        state=pl.when(pl.col("series") == "1").then(pl.lit("not_reported")).otherwise("state")
    )
    frame = frame.with_columns(share=pl.when(pl.col("series") == "1").then(None).otherwise("share"))
    svg = multiples.svg(frame, title="", context="0", width=460)
    assert {"62,0%", "chưa báo cáo"} <= set(words(svg)) and "42,0%" not in words(svg), "the context has no panel"
    assert len({w for w in words(svg) if w == "80%"}) == 1


def test_the_classes_of_the_map_are_the_same_whatever_the_shares() -> None:
    svg = sharemap.svg(communes(), province()[1], title="")
    fills = [p.get("fill") for p in find(svg, "polygon")]
    assert [tint for tint in fills[: fills.index(classes.TINTS[4]) + 1] if tint in classes.TINTS] == list(classes.TINTS)
    low = sharemap.svg(communes().with_columns(share=pl.col("share") / 10), province()[1], title="")
    assert set(classes.TINTS) <= {p.get("fill") for p in find(low, "polygon")}, "the legend stays"
    assert {"0–20%", "80–100%"} <= set(words(low))


@pytest.mark.parametrize("state", classes.REASONS)
def test_every_reason_has_a_mark_of_its_own_and_is_no_figure(state: str) -> None:
    drawn_marks = {reason: classes.reason_mark(reason, 0, 0, 10) for reason in classes.REASONS}
    assert len(set(drawn_marks.values())) == 4 and "<text" not in drawn_marks[state]
    row = communes().filter(pl.col("state") == state)
    svg = sharemap.svg(row, province()[1], title="")
    assert classes.reason_words(state, "vi") in tips(svg)[-1] and "%" not in tips(svg)[-1]


def test_a_mark_leads_on_only_where_it_is_told_to() -> None:
    frame = communes().with_columns(href=pl.when(pl.col("unit") == "00000").then(pl.lit("slices?cell=a&b")))
    (link,) = find(sharemap.svg(frame, province()[1], title=""), "a")
    assert link.get("href") == "slices?cell=a&b" and find(sharemap.svg(communes(), province()[1], title=""), "a") == []


@pytest.mark.parametrize(("share", "place"), [(0.0, 0), (0.1999, 0), (0.2, 1), (0.5, 2), (0.8, 4), (1.0, 4)])
def test_a_share_on_an_edge_belongs_to_the_class_above(share: float, place: int) -> None:
    assert classes.share_class(share) == place
