"""What is worked out behind a version's first reader is what the pages ask for."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from definitions.award_rules import sheets
from etl import award_stages, store
from exports import ahead, award_round, award_words, drawings
from metrics import targets
from tests.award_rounds import LATE
from tests.tiny import TODAY, A, tiny

pytestmark = pytest.mark.slow

TARGETS = 3
SHEET = sheets()["2026"]


@pytest.fixture
def root(tmp_path: Path) -> store.Root:
    made = store.root("demo", tmp_path)
    award_stages.adopt(made, SHEET, "5/QĐ", "lan", LATE)
    return made


def test_what_every_commune_shows_is_drawn_once_for_all(root: store.Root) -> None:
    version = tiny(root.published, "demo")
    ahead._work(root, version, TODAY, "vi")
    before = drawings.path.cache_info()
    chart, frame = drawings.path(version, "access_2026", A, TODAY, "vi")
    assert drawings.path.cache_info().misses == before.misses >= 99 * TARGETS
    assert "35,0%" in chart and frame["share"].drop_nulls().to_list()[-1] == 0.35


def test_questions_and_other_wordings_are_known_before_a_page_asks(root: store.Root) -> None:
    version = tiny(root.published, "demo")
    ahead._work(root, version, TODAY, "vi")
    kept = (award_words.asked, award_round._known, targets.wording_changes)
    before = [of.cache_info().misses for of in kept]
    award_words.asked(award_round.known_round(root, version, SHEET, TODAY))
    targets.wording_changes(version, "access_2026", TODAY)
    assert [of.cache_info().misses for of in kept] == before


def test_after_the_cut_off_nothing_is_built_behind_a_reader(root: store.Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(award_round, "build", lambda *_: pytest.fail("built in advance"))
    ahead._ask(root, tiny(root.published, "demo"), "2026", SHEET.cut_off + timedelta(days=1))


def test_a_server_that_ends_draws_no_more_in_advance(root: store.Root, monkeypatch: pytest.MonkeyPatch) -> None:
    closing = threading.Event()
    closing.set()
    monkeypatch.setattr(ahead, "CLOSING", closing)
    before = drawings.path.cache_info().misses
    ahead._work(root, tiny(root.published), TODAY, "vi")
    assert drawings.path.cache_info().misses == before
