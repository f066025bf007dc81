"""The reference tables say what the acts of state say, and agree with a second source."""

import csv
import importlib.util
import json
import math
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from importlib.metadata import files
from itertools import combinations
from pathlib import Path

import pytest

from definitions import reference
from definitions.load import definitions
from definitions.spelling import clean, fold

MAKE_TILES = importlib.util.spec_from_file_location("make_tiles", reference.REFERENCE / "make_tiles.py")
assert MAKE_TILES and MAKE_TILES.loader
make_tiles = importlib.util.module_from_spec(MAKE_TILES)
MAKE_TILES.loader.exec_module(make_tiles)

POINTS = {c.code: (c.lat, c.lon) for c in reference.communes()}
CELLS = {t.code: (t.col, t.row) for t in reference.tiles()}


def library(name):
    """A data file of vietnamadminunits, read as a file: the package itself imports what we must not ship."""
    return Path(next(f for f in files("vietnamadminunits") or () if f.name == name).locate())


@pytest.fixture(scope="module")
def listed():
    data = json.loads(library("parser_from_2025.json").read_text(encoding="utf-8"))
    wards, provinces = data["DICT_PROVINCE_WARD_NO_ACCENTED"], data["DICT_PROVINCE"]
    key = next(k for k, p in provinces.items() if p["provinceCode"] == definitions().province.code)
    return {w["wardCode"]: w for w in wards[key].values()}


def test_the_99_codes_and_names_are_those_of_a_second_source(listed):
    ours = {c.code: (c.full_name, c.name) for c in reference.communes()}
    assert ours == {code: (w["ward"], w["wardShort"]) for code, w in listed.items()}
    assert len(ours) == 99


def test_points_agree_with_the_second_source_except_its_misplaced_yen_binh(listed):
    far = {code for code, w in listed.items() if apart(POINTS[code], (w["wardLat"], w["wardLon"])) > 6}
    assert far == {"04714"}
    assert apart(POINTS["04714"], (listed["04714"]["wardLat"], listed["04714"]["wardLon"])) > 50


def apart(a, b):
    """Kilometres between two points, near enough for one province."""
    return 111.2 * math.dist((a[0], a[1] * math.cos(math.radians(22))), (b[0], b[1] * math.cos(math.radians(22))))


def test_89_communes_and_10_wards():
    assert Counter(c.type for c in reference.communes()) == {"xa": 89, "phuong": 10}
    assert all(c.full_name == {"xa": "Xã ", "phuong": "Phường "}[c.type] + c.name for c in reference.communes())


def test_new_names_are_unique_even_without_diacritics():
    assert len({fold(c.name) for c in reference.communes()}) == 99


def test_319_old_units_all_went_over_whole():
    assert Counter(o.old_province for o in reference.old_units()) == {"Lào Cai": 151, "Yên Bái": 168}
    shares: dict[str, float] = defaultdict(float)
    for old in reference.old_units():
        shares[old.code] += old.share
    assert len(shares) == 319 and set(shares.values()) == {1.0}
    assert {o.new_code for o in reference.old_units()} == set(POINTS)
    assert Counter(Counter(o.new_code for o in reference.old_units()).values())[1] == 8, "eight communes did not change"


def test_eleven_bare_names_stand_for_two_old_units():
    twice = {name for name, n in Counter(fold(o.name) for o in reference.old_units()).items() if n == 2}
    assert twice == {
        "nam cuong", "nam chay", "thanh binh", "la pan tan", "minh tan", "tan an", "sa pa", "tan thinh", "trung tam",
        "minh quan", "tram tau",
    }  # fmt: skip


def test_32_communes_carry_the_code_of_a_part_of_another_name():
    old = {o.code: o for o in reference.old_units()}
    renamed = {c.name for c in reference.communes() if fold(old[c.code].name) != fold(c.name)}
    assert len(renamed | {"Phong Hải"}) == 32 and len(renamed) == 31, "old Phong Hải: thị trấn Nông trường Phong Hải"
    assert all(old[c.code].new_code == c.code for c in reference.communes())
    assert (old["02671"].full_name, old["04750"].full_name) == ("Phường Nam Cường", "Xã Cảm Ân")


def test_twelve_communes_draw_on_two_old_districts():
    parts = {
        c.code: {o.old_district for o in reference.old_units() if o.new_code == c.code} for c in reference.communes()
    }
    assert sum(len(p) == 2 for p in parts.values()) == 12
    assert all(set(c.old_districts) == parts[c.code] for c in reference.communes())


def test_old_districts_agree_with_the_second_source():
    with closing(sqlite3.connect(f"{library('dataset.db').as_uri()}?mode=ro", uri=True)) as db:
        listed = dict(db.execute("select wardCode, districtCode || ' ' || district from admin_units_legacy"))
    assert all(listed[o.code] == f"{o.old_district_code} {o.old_district}" for o in reference.old_units())


def test_areas_and_population_are_near_the_official_totals():
    assert sum(c.area_km2 for c in reference.communes()) == pytest.approx(definitions().province.area_km2, abs=1)
    known = [c.population for c in reference.communes() if c.population is not None]
    assert (len(known), sum(known)) == (86, 1_596_669)
    assert min(known) == 1_478 and max(known) == 76_981
    missing = definitions().province.population - sum(known)
    assert 10_000 < missing / (99 - len(known)) < 20_000


def test_a_restored_or_rejected_population_says_so():
    kinds = Counter(c.population_note.split("(")[0] for c in reference.communes())
    assert kinds == {"as_published": 77, "restored_trailing_zeros": 9, "rejected": 9, "missing_in_source": 4}
    assert all(
        c.population is None for c in reference.communes() if c.population_note.startswith(("rejected", "missing"))
    )


def test_a_flag_stands_only_beside_its_source():
    for c in reference.communes():
        assert (c.border is None) == (not c.border_source)
        assert (c.upland is None) == (not c.upland_source)
        assert (not c.area_class) == (not c.area_class_source)
    border = {c.name for c in reference.communes() if c.border}
    assert border == {
        "Lào Cai", "Y Tý", "A Mú Sung", "Trịnh Tường", "Bát Xát", "Pha Long", "Mường Khương", "Bản Lầu", "Si Ma Cai",
    }  # fmt: skip


def test_54_ethnic_groups_in_official_order():
    groups = reference.ethnic_groups()
    assert [g.number for g in groups] == list(range(1, 55))
    assert len({g.id for g in groups}) == 54 and all(g.id.isascii() for g in groups)
    assert [g.name for g in groups[:9]] == ["Kinh", "Tày", "Thái", "Hoa", "Khơ-me", "Mường", "Nùng", "Mông", "Dao"]


def test_no_name_or_alias_means_two_ethnic_groups():
    names = [(clean(n), g.id) for g in reference.ethnic_groups() for n in {g.name, *g.aliases}]
    assert len({n for n, _ in names}) == len(set(names))


def test_every_commune_has_one_tile_of_its_own():
    assert set(CELLS) == set(POINTS)
    assert len(set(CELLS.values())) == 99
    assert min(c for c, _ in CELLS.values()) == 0 and min(r for _, r in CELLS.values()) in (0, 1)


def test_tiles_are_one_piece_without_holes():
    assert make_tiles.holes(CELLS.values()) == 0


def test_tile_neighbours_are_near_communes():
    """Counted here a second time, the slow way, from the two tables alone."""
    shares, good, pairs = [], 0, 0
    for code, (col, row) in CELLS.items():
        x, y = col + (row % 2) / 2, row * math.sqrt(3) / 2
        beside = [o for o, (c, r) in CELLS.items()
                  if o != code and math.dist((x, y), (c + (r % 2) / 2, r * math.sqrt(3) / 2)) < 1.01]  # fmt: skip
        near = sorted((o for o in POINTS if o != code), key=lambda o: apart(POINTS[code], POINTS[o]))[:8]
        right = len(set(beside) & set(near))
        shares.append(right / len(beside))
        good, pairs = good + right, pairs + len(beside)
    average, overall = sum(shares) / len(shares), good / pairs
    print(f"tile neighbours among the 8 nearest: {average:.1%} averaged over tiles, {overall:.1%} of all")
    assert average >= 0.85 and overall >= 0.85
    assert make_tiles.kept(CELLS, POINTS) == pytest.approx((average, overall), abs=0.01)


def test_north_is_up_and_west_is_left():
    right = wrong = 0
    for a, b in combinations(POINTS, 2):
        if abs(POINTS[a][0] - POINTS[b][0]) > 0.3:
            right, wrong = tally(right, wrong, (POINTS[a][0] > POINTS[b][0]) == (CELLS[a][1] < CELLS[b][1]))
        if abs(POINTS[a][1] - POINTS[b][1]) > 0.3:
            right, wrong = tally(right, wrong, (POINTS[a][1] < POINTS[b][1]) == (CELLS[a][0] < CELLS[b][0]))
    assert right / (right + wrong) > 0.95


def tally(right, wrong, holds):
    return right + holds, wrong + (not holds)


def test_tiles_can_be_laid_for_another_province():
    points = {f"{i:05d}": (10 + (i * 37 % 100) / 100, 105 + (i * 61 % 100) / 100) for i in range(20)}
    laid = make_tiles.tiles(points, seed=1, steps=4_000)
    assert set(laid) == set(points) and len(set(laid.values())) == 20
    assert laid == make_tiles.tiles(points, seed=1, steps=4_000)


def test_every_printed_figure_has_place_date_unit_and_source():
    figures = reference.printed_figures()
    assert len(figures) == 118 and len({f.id for f in figures}) == 118
    for f in figures:
        assert f.place and f.unit and f.source and len(f.day) == 10 and f.day[:4].isdigit(), f
        assert f.value is not None or (f.value_low is not None and f.value_high is not None), f
        assert f.unit != "%" or (f.value or 0) <= 100, f
        assert (f.status == "ok") == (not f.reason), f


def test_printed_figures_belong_to_a_place_of_their_time():
    old = {o.code: o for o in reference.old_units()}
    for f in reference.printed_figures():
        assert not f.commune_code or f.commune_code in POINTS, f
        if f.level in ("commune", "village") and f.epoch == "new":
            assert f.day >= str(definitions().province.epoch) and f.place_code == f.commune_code, f
        if f.level in ("commune", "village") and f.epoch == "old":
            assert old[f.place_code].new_code == f.commune_code, f


def test_contradicting_figures_are_both_kept_and_both_marked():
    population = [f for f in reference.printed_figures() if f.indicator == "population" and f.place == "tỉnh Lào Cai"]
    assert {(f.value, f.status) for f in population} == {(1_778_785, "contradicted"), (1_650_000, "contradicted")}


def test_a_range_and_a_more_than_stay_what_they_are():
    by_id = {f.id: f for f in reference.printed_figures()}
    assert (by_id["pf044"].value, by_id["pf044"].value_low, by_id["pf044"].value_high) == (None, 30, 50)
    assert (by_id["pf005"].value, by_id["pf005"].qualifier) == (3000, "more_than")
    assert by_id["pf118"].derived and not by_id["pf001"].derived


def test_every_printed_indicator_has_its_wording_in_both_languages():
    worded = {i.indicator for i in reference.printed_indicators() if i.label_vi and i.label_en}
    assert worded == {f.indicator for f in reference.printed_figures()}


def test_tables_are_plain_csv_without_blanks_or_decomposed_letters():
    for path in sorted(reference.REFERENCE.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as text:
            rows = list(csv.reader(text))
        assert {len(row) for row in rows} == {len(rows[0])}, path.name
        assert all(cell == cell.strip() for row in rows for cell in row), path.name
        assert all(c < "\u0300" or c > "\u0323" for row in rows for cell in row for c in cell), path.name
