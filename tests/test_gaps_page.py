"""The page of gaps without a browser: every box writes its id into the address and changes what is shown."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from definitions import roles
from definitions.text import LANGUAGES, text
from etl.build import build
from pages.parts import scope as who
from tests import alone
from tests.alone import said, shown
from tests.handmade import HU, deliver, three_villages

opened = partial(alone.opened, "analysis.gaps")
FOLD = f"fold-{text('table.show', 'vi')}: {text('equity.levels', 'vi')}"


@pytest.fixture(autouse=True)
def data(province: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The tests' province; its reader may see exact figures."""
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(province))
    monkeypatch.setattr(who, "sees_exact", lambda unit, **_: True)
    yield province


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("among", ["ethnic", "priority", "commune"])
def test_every_comparison_answers_in_every_language(lang: str, among: str) -> None:
    page = said(opened(lang, among=among))
    assert text("equity.measures", lang) in page
    assert (text("equity.gap", lang) in page) == (among == "ethnic")


BOXES = ("indicator", "unit", "month", "reference", "measure", "a", "b", "group")


@pytest.mark.parametrize("key", BOXES)
def test_a_box_writes_its_id_into_the_address_and_changes_the_page(key: str) -> None:
    app = opened()
    box = next(box for box in app.selectbox if box.key == f"choose-{key}")
    before, other = said(app), next(id for id in box.options if id != box.format_func(box.value))
    app = shown(box.select(other).run())
    assert app.query_params[key]
    assert said(app) != before


def test_all_boxes_switches_and_folds_have_a_test() -> None:
    app = opened()
    assert {box.key for box in app.selectbox} == {f"choose-{key}" for key in BOXES}
    assert [switch.key for switch in app.get("button_group")] == ["choose-among"]
    assert [fold.label for fold in app.expander] == [FOLD.removeprefix("fold-")]
    assert not [*app.multiselect, *app.text_input, *app.checkbox, *app.button, *app.get("popover")]


def test_the_levels_behind_the_picture_come_when_somebody_opens_them() -> None:
    assert 'class="cts-table' in said(opened())
    before, after = (said(app).count('<div class="cts-table') for app in (opened(), opened("vi", FOLD)))
    assert after == before + 1


def test_the_switch_of_what_is_compared_writes_its_id() -> None:
    app = opened()
    app = shown(app.segmented_control(key="choose-among").set_value("commune").run())
    assert app.query_params["among"] in ("commune", ["commune"])
    assert text("equity.fixed_order") not in said(app)


def test_a_reader_of_protected_figures_sees_gaps_of_the_province_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(who, "sees_exact", roles.sees_exact)
    page = said(opened())
    assert text("equity.measures") in page and text("equity.protected") in page
    assert text("equity.bounds") not in page
    assert text("slices.equity_protected") in said(opened(unit="04465"))


def test_an_indicator_never_told_by_group_has_no_gap() -> None:
    page = said(opened(indicator="uses_provincial_portal"))
    assert text("slices.no_figure") in page and text("equity.measures") not in page


def test_the_reference_is_the_average_until_the_reader_picks_a_group() -> None:
    plain, against = said(opened()), said(opened(reference="mong"))
    assert "nhóm tham chiếu" not in plain and "Mức của nhóm tham chiếu" in against
    assert said(opened(reference="moon")) == plain


def test_a_place_is_drawn_beside_the_province() -> None:
    assert ">toàn tỉnh</text>" not in said(opened()) and ">toàn tỉnh</text>" in said(opened(unit="04465"))


def test_before_any_ethnic_group_is_large_the_page_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    root = three_villages(tmp_path)
    counted = {HU: {"mong": (60, 20), "kinh": (40, 9)}}
    deliver(root, date(2025, 9, 1), {HU: (100, 29, 0, 0, 0, 0, 0, 0)}, "2025-10-02", breakdown=counted)
    build(root)
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path))
    page = said(opened(indicator="access_any"))
    assert text("equity.all_small", n=100) in page and text("equity.bounds") not in page


def test_no_group_is_judged() -> None:
    page = said(opened())
    for word in ("tụt hậu", " kém", "lạc hậu", "#EFB4A8"):
        assert word not in page
