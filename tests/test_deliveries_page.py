"""The page of deliveries without a browser: what is said about groups of households is for those who may know it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from definitions import roles
from definitions.text import LANGUAGES, text
from etl import store
from etl.acts import Taken
from etl.build import build
from pages.parts import scope as who
from tests.handmade import AUGUST, JULY, deliver, now, three_villages
from tests.test_audit import FIRST, GROUPS, a_letter_quotes
from tests.test_gaps_page import said, shown

pytestmark = pytest.mark.slow

SCRIPT = """
import streamlit as st
import dashboard
st.session_state["pages"] = {{}}
shown = dashboard.view({lang!r})
from pages.reporting import deliveries
deliveries.page(shown)
"""
QUOTE = "lớn hơn “Tổng số hộ” là 5"


@pytest.fixture
def quoting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The hash of a correction whose letter quotes the count of a small group."""
    root = three_villages(tmp_path / "data")
    deliver(root, JULY, FIRST, breakdown=GROUPS)
    a_letter_quotes(root, tmp_path, monkeypatch)
    build(root)
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path / "data"))
    yield now(root).query("select sha256 from letter").item()


def opened(sha: str, lang: str = "vi", taken: Taken | None = None) -> AppTest:
    app = AppTest.from_string(SCRIPT.format(lang=lang), default_timeout=60)
    app.query_params["file"] = sha
    if taken:
        app.session_state["answers"] = taken
    return shown(app.run())


def folds(app: AppTest) -> list[str]:
    return [fold.label for fold in app.expander]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_reader_gets_neither_the_counts_a_letter_quotes_nor_the_file_to_send_back(quoting: str, lang: str) -> None:
    app = opened(quoting, lang)
    page = said(app)
    assert text("letter.part_exceeds_whole", lang) in page and QUOTE not in page and ">12<" not in page
    assert text("protection.file", lang) in page and text("deliveries.send_back", lang) not in folds(app)


def test_who_sees_exact_counts_and_who_has_just_sent_the_file_get_both(
    quoting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = {
        "sha256": quoting,
        "file": "a.xlsx",
        "verdict": "partly",
        "rows": {"stored": 0, "held": 1, "ignored": 0},
        "letters": [],
    }
    sent = opened(quoting, taken=Taken([answer]))
    other = opened(quoting, taken=Taken([answer | {"sha256": "0" * 64}]))
    assert QUOTE in said(sent) and QUOTE not in said(other)
    assert text("deliveries.send_back") in folds(sent) and text("deliveries.send_back") not in folds(other)
    monkeypatch.setattr(who, "sees_exact", lambda unit, is_shared=False: not is_shared)
    staff = opened(quoting)
    assert QUOTE in said(staff) and text("deliveries.send_back") in folds(staff)
    assert text("protection.stays") in said(staff), "seen here, not taken away"
    assert roles.sees_exact("04474", "province_staff") and not roles.sees_exact("04474", "reader")


def test_a_file_without_a_breakdown_goes_back_to_its_commune_as_ever(quoting: str, tmp_path: Path) -> None:
    from tests.handmade import held

    root = store.root("real", tmp_path / "data")
    plain = deliver(root, JULY, FIRST, revision=3, held=[held(9)])
    build(root)
    app = opened(plain)
    assert "…" in said(app) and text("deliveries.send_back") in folds(app)
    assert text("protection.file") not in said(app)


def test_the_files_of_a_month_and_a_commune_are_listed_and_a_link_to_one_file_shows_its_month(
    quoting: str, tmp_path: Path
) -> None:
    root = store.root("real", tmp_path / "data")
    later = deliver(root, AUGUST, FIRST)
    build(root)
    app = opened("")
    assert app.selectbox(key="choose-files").value == "2025-08" and names_in(app) == {later[:8]}
    linked = opened(quoting)
    assert linked.selectbox(key="choose-files").value == "2025-07" and quoting[:8] in names_in(linked)
    every = shown(app.selectbox(key="choose-files").select("all").run())
    assert {later[:8], quoting[:8]} <= names_in(every) and every.query_params["files"] in ("all", ["all"])
    other = shown(every.selectbox(key="choose-from").select("02647").run())
    assert other.query_params["from"] in ("02647", ["02647"])
    assert text("state.no_rows", filter=text("deliveries.list")) in said(other)


def names_in(app: AppTest) -> set[str]:
    return {label.rpartition(" · ")[2] for label in app.selectbox(key="choose-file").options}
