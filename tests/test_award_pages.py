"""The pages of the awards without a browser: words, boxes, numbers against plain recomputation, what leaves."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from html import unescape
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

import award_answers
from definitions import format
from definitions.award_rules import Sheet, sheets
from definitions.text import LANGUAGES, text
from etl import award_stages, store
from etl.store import Root
from exports import award_files, award_papers, award_round, award_words, letter
from exports.award_round import Round, known_round, with_weights
from methods import award_points
from methods.award_points import Raise
from metrics import award_sheet, awards
from pages.parts import scope as who
from tests import alone
from tests.alone import said, shown
from tests.award_rounds import LATE
from tests.test_awards import slow_share
from tests.tiny import CLUSTER, SILENT, TODAY, A, B, C, tiny
from warehouse.version import Version, current

pytestmark = pytest.mark.slow

PAGES = ("awards.standings", "awards.scoresheet", "awards.weights", "awards.checks")
standings, scoresheet, weights, checks = (partial(alone.opened, name) for name in PAGES)
YEAR = sheets()["2026"]
# The tests' province reports since May: the period begins in June, so that it has baselines; any grade may be proposed.
SUMMER = YEAR.model_copy(
    update={
        "period": YEAR.period.model_copy(update={"first": date(2026, 6, 1)}),
        "awards": tuple(one.model_copy(update={"grade": "not_done"}) for one in YEAR.awards),
    }
)
PAPER = {"explanation": "18/20", "evidence": "12/BC-MTTQ"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("award pages")
    tiny(data / "demo" / "published", origin="demo")
    root = store.root("demo", data)
    award_stages.adopt(root, SUMMER, "5/QĐ", "lan", LATE)
    award_stages.give(root, SUMMER, A, "signed", "commune", 4.5, by="hoa", **PAPER)
    award_stages.give(root, SUMMER, A, "signed", "specialist", 4, by="lan", reason="16/20")
    award_stages.sampled(root, SUMMER, B, 9, 19, seed=5, by="lan", evidence="3/BB")
    return data


@pytest.fixture(autouse=True)
def data(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(made))
    yield made


@pytest.fixture(autouse=True)
def afresh() -> None:
    """Questions are kept by round; tests put others in their place."""
    award_words.asked.cache_clear()


@pytest.fixture
def root(data: Path) -> Root:
    return store.root("demo", data)


@pytest.fixture
def found(root: Root) -> Round:
    version = current(root.path)
    assert version
    return known_round(root, version, YEAR, TODAY)


def plain(app: AppTest) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", said(app)))


def page_text(id: str, lang: str = "vi", **values: object) -> str:
    return text(f"award_page.{id}", lang, **values)


# ---- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("where", PAGES)
def test_every_page_answers_for_every_sheet_in_every_language(where: str, lang: str) -> None:
    for sheet in sheets():
        page = said(alone.opened(where, lang, sheet=sheet))
        assert '<p class="lead">' in page and "award_page" not in page


def test_the_answer_says_the_state_the_day_and_the_cut_off() -> None:
    page = plain(standings())
    assert page_text("state_running", title=YEAR.title.vi, day="10/09/2026", end="10/12/2026") in page
    assert "2/99 xã, phường có thứ hạng" in page and "97 phiếu còn để mở" in page
    assert page_text("decision", decision="5/QĐ") in page
    # Before the cut-off what falls due until then still counts in this round.
    assert page_text("counted_days", first="01/06/2026", last="10/12/2026") in page
    assert "Chưa đo được" not in page, "every criterion of the sheet has its figures, or a reason of its own"
    assert page_text("state_draft", title=sheets()["ninety_ten"].title.vi, day="10/09/2026") in plain(
        standings(sheet="ninety_ten")
    )


def test_a_file_changed_since_the_sheet_was_adopted_is_told() -> None:
    """The tests' sheet has another period than its file."""
    assert page_text("file_differs") in plain(standings())
    assert page_text("file_differs") not in plain(standings(sheet="ninety_ten"))


def test_open_sheets_stand_apart_with_what_is_missing() -> None:
    page = plain(standings())
    assert page_text("open") in page
    assert f"{YEAR.criterion('access').label.vi} ({text('award_reason.no_value')})" in page
    silent = plain(scoresheet(unit=SILENT))
    assert "phiếu còn để mở, chưa có thứ hạng" in silent and page_text("counts_open") in silent


def test_a_sheet_passed_or_failed_names_what_is_not_met(found: Round) -> None:
    page = said(standings(sheet="pass_fail", cluster=CLUSTER))
    assert f"unit={C}" not in page  # of another cluster
    row = re.search(rf"unit={B}.*?</tr>", page, re.DOTALL)
    assert row and sheets()["pass_fail"].criterion("access").label.vi in unescape(row[0])
    assert page_text("verdict_not_passed") in row[0]


def test_a_manual_criterion_shows_each_stages_own_points_and_why() -> None:
    assert "xã tự chấm 4,5 (18/20; 12/BC-MTTQ) · chuyên viên thẩm định 4 (16/20)" in plain(scoresheet(unit=A))


def test_a_failed_check_is_told_with_its_interval_and_scales_the_points(found: Round) -> None:
    page = plain(scoresheet(unit=B))
    assert "Xác minh được 9/19 hộ: 47,4% (khoảng tin cậy 95%: 27,3% đến 68,3%). Không đạt" in page
    assert "điểm nhân với 47,4% xác minh được" in page
    # 12 points, (22,5 - 10)/(due 27,14 - 10) of the way, nine of nineteen verified.
    access = 12 * 0.125 / (0.4 * 3 / 7) * 9 / 19
    assert line(found, B, "access")["points"] == pytest.approx(access, abs=1e-4)
    assert f"{access:.2f}".replace(".", ",") + "/12" in page


def test_the_history_says_who_did_what_and_why() -> None:
    page = plain(checks())
    assert "lan" in page and "16/20" in page and "5/QĐ" in page and page_text("act_award_sheet") in page
    assert page_text("visited", n=9, N=19) in page
    assert "đã kiểm tra mẫu 1 xã, phường, 1 không đạt; 4 việc" in page
    assert page_text("no_history") in plain(checks(sheet="ninety_ten"))


def test_a_question_is_a_question_with_its_evidence_and_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"commune": [A, A], "code": ["copied", "surge"], "evidence": [
        '{"same": 6, "villages": 6, "usual_share": 0.1, "chance": 0.0}', '{"gain": 42.0, "usual": 2.0, "times": 21.0}'
    ]}  # fmt: skip
    monkeypatch.setattr(awards, "questions", lambda version, day: pl.DataFrame(asked))
    app = checks()
    assert "6 trong 6 thôn có số đúng bằng kỳ trước (ba kỳ có thay đổi trước đó khoảng 10%). Vì sao?" in plain(app)
    assert "2 câu hỏi cho 1 xã, phường, không câu nào là điểm trừ" in plain(app)
    (message,) = app.code
    assert "gấp 21 lần" in message.value and "1. " in message.value and "không phải là điểm trừ" in message.value


# ---- numbers ---------------------------------------------------------------------------------------------------------


def line(found: Round, commune: str, criterion: str) -> dict:
    where = (pl.col("commune") == commune) & (pl.col("criterion") == criterion)
    return found.scored.lines.filter(where).row(0, named=True)


def spoken(value: float) -> str:
    """As the page prints points, written anew."""
    for digits in (0, 1):
        if abs(value - round(value, digits)) < 1e-4 and (digits == 0 or abs(value * 2 - round(value * 2)) < 1e-4):
            return f"{value:.{digits}f}".replace(".", ",")
    return f"{value + 1e-9:.2f}".replace(".", ",")


def test_the_numbers_of_a_commune_are_those_of_plain_recomputation(found: Round) -> None:
    page, sums = plain(scoresheet(unit=A)), {"points": 0.0, "bonus": 0.0, "deduction": 0.0}
    most = 0.0
    for one in SUMMER.criteria:
        row = line(found, A, one.id)
        assert row["state"] != "not_applicable"
        figure = row["figure"]
        leader = max(
            (other for other in found.scored.lines.filter(
                (pl.col("criterion") == one.id) & (pl.col("cluster") == CLUSTER))["figure"] if other is not None),
            default=0.0,
        )  # fmt: skip
        share = 0.0 if figure is None else slow_share(one, figure, row["base"] or 0.0, leader)
        sums[one.kind] += share * one.points
        most += one.points if one.kind == "points" else 0.0
        if one.kind != "deduction":
            assert f"{spoken(share * one.points)}/{spoken(one.points)}" in page, one.id
    total = 100 * sums["points"] / most + min(sums["bonus"], 10) - sums["deduction"]
    assert most == 100 and f": {total:.2f} điểm, hạng 1/2".replace(".", ",") in page
    assert f"Đạt {spoken(sums['points'])}/100 điểm áp dụng" in page


def test_one_point_more_is_told_in_households_and_is_enough(found: Round) -> None:
    # B: 90 of 400 households, 10 to 27,14 % due; one of its 12 * 9/19 points is 3.0 % of the households.
    needed = 0.225 + (0.4 * 3 / 7) / (12 * 9 / 19)
    page = plain(scoresheet(unit=B))
    households = -(-round((needed - 0.225) * 400, 6) // 1)
    assert "22,5% (90/400 hộ, kỳ 08/2026). Từ 10,0% ban đầu, đến ngày chốt phải đạt 27,1%" in page
    assert f"+1 điểm: lên 25,6% (thêm {households:.0f} hộ)" in page
    checked = {B: 9 / 19}
    told = 0
    for commune in (A, B, C):
        for one in award_sheet.sheet_of(found.version, found.rules, found.scored, commune, checked):
            if one.start is not None and one.raised and one.aim is not None and one.counted and one.more:
                assert one.due is not None
                share = award_points.on_path([one.aim], [one.start], [one.due])[0]
                gained = share * one.rule.points * one.verified - one.line["points"]
                assert gained == pytest.approx(one.raised.gain, abs=1e-4)
                assert one.counted.share + one.more / one.counted.whole >= one.aim - 1e-9
                told += 1
    assert told >= 3


def test_ties_at_a_line_and_caps_are_marked_with_the_criterion(found: Round) -> None:
    row = {"capped_by": "submitted", "is_tied": True}
    said = award_words.remark(found.rules, row, "vi")
    assert said == f"{YEAR.limits[0].label.vi}; {page_text('tied')}"


# ---- boxes -----------------------------------------------------------------------------------------------------------


def choose(app: AppTest, key: str, place: int = -1) -> AppTest:
    """Pick an option other than the one shown."""
    box = next(box for box in app.selectbox if box.key == f"choose-{key}")
    others = [option for option in box.options if option != box.format_func(box.value)]
    return shown(box.select(others[place]).run())


@pytest.mark.parametrize("where", PAGES)
@pytest.mark.parametrize("key", ["sheet", "day"])
def test_sheet_and_day_stand_in_the_address_and_change_the_page(where: str, key: str) -> None:
    app = alone.opened(where)
    before = said(app)
    app = choose(app, key)
    assert app.query_params[key] and said(app) != before


def test_an_earlier_day_counts_fewer_rounds_and_an_odd_one_is_today() -> None:
    assert "hạng 1/2" in plain(scoresheet(unit=A))
    page = plain(scoresheet(unit=A, day="2026-08-20"))
    assert "Tạm tính đến ngày 20/08/2026" in page and "3/3 kỳ" not in page and "2/2 kỳ" in page
    for odd in ("2027-01-01", "tomorrow"):
        assert "đến ngày 10/09/2026" in plain(scoresheet(unit=A, day=odd))


def test_the_cluster_and_the_commune_stand_in_the_address() -> None:
    app = choose(standings(), "cluster")
    assert app.query_params["cluster"][0].startswith("cluster:") or str(app.query_params["cluster"]).startswith("clus")
    app = choose(scoresheet(), "unit")
    assert app.query_params["unit"]


def test_who_is_asked_stands_in_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = ['{"same": 6, "villages": 6, "usual_share": 0.1, "chance": 0.0}'] * 2
    asked = pl.DataFrame({"commune": [A, B], "code": ["copied"] * 2, "evidence": evidence})
    monkeypatch.setattr(awards, "questions", lambda version, day: asked)
    app = checks()
    before = app.code[0].value
    app = choose(app, "unit")
    assert app.query_params["unit"] in (B, [B]) and app.code[0].value != before


def test_other_weights_stand_in_the_address_change_no_stored_score_and_can_be_taken_back(root: Root) -> None:
    version = current(root.path)
    assert version
    kept, acts = known_round(root, version, YEAR, TODAY), store.acts(root)
    app = weights()
    assert not app.warning and app.button(key="reset").disabled
    app = shown(app.number_input(key="weight-access").set_value(50.0).run())
    assert app.query_params["w"] in ("access:50", ["access:50"])
    assert app.warning[0].value == page_text("not_kept")
    assert f"{YEAR.criterion('access').label.vi} 12 → 50" in plain(app)
    assert known_round(root, version, YEAR, TODAY) is kept and store.acts(root) == acts
    app = shown(app.button(key="reset").click().run())
    assert "w" not in app.query_params and not app.warning
    assert app.number_input(key="weight-access").value == 12


def test_a_place_that_moves_under_other_weights_is_told(found: Round) -> None:
    # A is ahead by access alone; on what both share they are as good as level.
    before = plain(weights())
    assert page_text("moved") not in before and page_text("deciding") in before
    others = ",".join(f"{one.id}:0" for one in YEAR.criteria if one.id not in ("on_time", "submitted", "usable"))
    tried = dict.fromkeys((one.id for one in YEAR.criteria if one.id not in ("on_time", "submitted", "usable")), 0.0)
    fresh = with_weights(found, tried).standings
    moved = fresh.join(found.scored.standings, on="commune").filter(
        pl.col("place").ne_missing(pl.col("place_right")) | (pl.col("award") != pl.col("award_right"))
        | pl.col("grade").ne_missing(pl.col("grade_right"))
    )  # fmt: skip
    page = said(weights(w=others))
    rows = page.partition(page_text("moved"))[2].partition("</table>")[0]
    assert set(re.findall(r"unit=(\d{5})", rows)) == set(moved["commune"])


def test_weights_that_mean_nothing_are_the_sheets_own() -> None:
    for odd in ("access:x", "nothing:5", "access:-1", "access:1e9", "access:12", "access:nan"):
        assert not weights(w=odd).warning, odd
    gone = ",".join(f"{one.id}:0" for one in YEAR.criteria)
    assert page_text("no_weight_left") in plain(weights(w=gone))


@pytest.mark.parametrize(("where", "key"), [("awards.standings", "annex"), ("awards.scoresheet", "annex-sheet")])
def test_the_annex_is_folded_away_marked_and_leaves_only_when_somebody_says_so(where: str, key: str) -> None:
    address = {"cluster": CLUSTER, "unit": A}
    assert page_text("annex_note") not in plain(alone.opened(where, **address))
    app = alone.opened(where, "vi", f"fold-{page_text('annex')}", **address)
    assert page_text("annex_note") in plain(app)
    annexed = ("phu-luc", "khoang-trong-so")
    offered = lambda: [b.key for b in app.get("download_button") if any(a in b.proto.id for a in annexed)]  # noqa: E731
    assert offered() == []
    app = shown(app.checkbox(key=key).check().run())
    assert len(offered()) >= 2


def test_a_page_looked_at_again_scores_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    for where in PAGES:
        alone.opened(where)
    calls: list[str] = []
    scored = awards.scored

    def counting(*given: object, **named: object) -> awards.Scored:
        calls.append("scored")
        return scored(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(awards, "scored", counting)
    for where in PAGES:
        alone.opened(where)
    assert calls == []


# ---- what leaves, and who sees ---------------------------------------------------------------------------------------


def test_the_points_leave_as_one_row_per_commune_and_criterion(found: Round) -> None:
    content = award_files.points_csv(found)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == 99 * len(YEAR.criteria)
    mine = {row["criterion"]: row for row in rows if row["commune"] == A}
    assert (mine["signed"]["points"], mine["signed"]["stage"], mine["signed"]["maximum"]) == (
        "4.0",
        "specialist",
        "5.0",
    )
    assert (mine["posts"]["points"], mine["posts"]["maximum"], mine["posts"]["reason"]) == ("0.0", "10.0", "no_channel")
    assert {row["rules_sha256"] for row in rows} == {award_stages.digest(found.rules)}
    earned = sum(float(row["points"]) for row in mine.values() if row["kind"] == "points" and row["points"])
    standing = found.scored.standings.filter(pl.col("commune") == A)
    assert earned == pytest.approx(standing["earned"].item())


def test_the_council_finds_its_workbook_and_papers_and_that_they_are_drafts(found: Round) -> None:
    app = standings()
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels[:3] == [page_text(id) for id in ("points_csv", "workbook", "papers")]
    assert page_text("drafts_only", why=award_papers.draft(found)) in plain(app)


def test_after_the_cut_off_the_page_shows_and_hands_out_the_closed_round_as_the_command_does(award_data: Root) -> None:
    frozen = award_answers.round_of(award_data, "2026", None)
    app = standings(sheet="2026")
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels[:3] == [page_text(id) for id in ("points_csv", "workbook_final", "papers_final")]
    day = format.day(frozen.rules.cut_off)
    assert page_text("finals", day=day, hash=award_round.points_hash(frozen)) in plain(app)
    assert page_text("state_closed", title=frozen.rules.title.vi, day=day) in plain(app)
    version = current(award_data.path)
    assert version
    seen = known_round(award_data, version, YEAR, TODAY.replace(year=2100))
    assert seen.version == frozen.version and award_papers.draft(seen) == ""
    ours, theirs = (letter.official_docx(award_papers.described_one(of, 4)) for of in (seen, frozen))
    assert ours == theirs
    later = award_round.scored_round(award_data, version, frozen.rules)
    assert award_round.points_hash(later) != award_round.points_hash(seen), "what came after the cut-off does not count"


def test_a_closed_round_that_cannot_be_made_says_that_it_is_not_the_one(
    award_data: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(root: Root, day: date) -> str:
        raise OSError("disk full")

    monkeypatch.setattr(award_round, "build", broken)
    award_round._known_at.cache_clear()
    app = standings(sheet="2026")
    rules = award_round.rules_in_use(award_data, YEAR)
    assert page_text("state_closed_not_final", title=rules.title.vi, day=format.day(rules.cut_off)) in plain(app)
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels[1:3] == [page_text(id) for id in ("workbook", "papers")]
    award_round._known_at.cache_clear()


def test_no_cell_of_the_points_can_be_a_formula(found: Round) -> None:
    evil = "=HYPERLINK(1)"
    criteria = [one.model_copy(update={"label": one.label.model_copy(update={"vi": evil})}) for one in YEAR.criteria]
    rules: Sheet = found.rules.model_copy(update={"criteria": tuple(criteria)})
    told = Round(rules, found.version, found.state, found.adopted, found.stages, found.samples, found.scored)
    for row in csv.reader(io.StringIO(award_files.points_csv(told).decode("utf-8-sig"))):
        assert not [cell for cell in row if cell.startswith(("=", "+", "@", "\t")) or re.match(r"-\D", cell)]


def test_award_pages_show_totals_of_communes_and_nothing_of_groups_whoever_looks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Points rest on published totals of communes, which everybody sees: no table of groups is even asked."""
    asked: list[str] = []
    query = Version.query

    def noting(self: Version, sql: str, params: object = None) -> pl.DataFrame:
        asked.append(sql)
        return query(self, sql, params)

    monkeypatch.setattr(Version, "query", noting)
    for cached in (award_round._known, awards._measured, awards.round_counts, awards.reported, awards.village_counts):
        cached.cache_clear()
    pages = {}
    for role in (True, False):
        monkeypatch.setattr(who, "sees_exact", lambda unit, role=role, **_: role)
        pages[role] = [said(alone.opened(where)) for where in PAGES]
    assert pages[True] == pages[False]
    assert len(asked) > 5
    for table in ("breakdown", "protected", "slice_month", "ethnic", "priority"):
        assert not [sql for sql in asked if table in sql], table


@pytest.mark.parametrize(
    ("criterion", "figure", "raised", "said_of_it", "one_more"),
    [
        ("posts", 7.0, Raise(9.0, 1.0), "7 tin, bài.", "thêm 2"),
        ("answers", 0.769, Raise(0.8141, 1.0), "76,9% phản ánh đến hạn được trả lời đúng hạn.", "lên 81,5%"),
    ],
)
def test_figures_of_voices_are_told_with_what_one_point_more_takes(
    found: Round, criterion: str, figure: float, raised: Raise, said_of_it: str, one_more: str
) -> None:
    lines = award_sheet.sheet_of(found.version, found.rules, found.scored, A, {})
    (one,) = (line for line in lines if line.rule.id == criterion)
    told = replace(
        one, line=dict(one.line) | {"figure": figure, "state": "scored"}, counted=None, aim=None, raised=raised
    )
    assert award_words.figure(told, "vi") == said_of_it
    assert award_words.more(told, "vi").endswith(f": {one_more}")
