"""A published version is attacked as somebody outside would, and its ledger is durable before anybody can see it."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

import answers
from cli import app
from definitions import roles
from definitions.load import DefinitionError
from etl import ledger, protection, store
from etl.build import build
from etl.landing import HeldCell, Letter
from methods import protect
from methods.attack import attack as attack_tables
from methods.catalogue import TABLES
from metrics import deliveries
from metrics.audit import Export, audit, narrowed
from tests.handmade import COMMUNE, HU, JULY, LAO, XEO, deliver, now, three_villages
from warehouse import publish

pytestmark = pytest.mark.slow

FIRST = {HU: (100, 30, 20, 10, 5, 6, 2, 3), LAO: (80, 20, 10, 0, 0, 5, 0, 0), XEO: (60, 10, 0, 0, 0, 5, 0, 0)}
GROUPS = {HU: {"mong": 60, "thai": 35, "kinh": 5}, LAO: {"mong": 80}, XEO: {"thai": 58, "unknown": 2}}


def published(base: Path) -> store.Root:
    root = three_villages(base)
    deliver(root, JULY, FIRST, breakdown=GROUPS)
    build(root)
    return root


def primary_only(cube, ethnic=True, *given) -> protect.Protection:
    reason = protect.primary(cube.values, ethnic)
    return protect.Protection(reason, reason < 0, reason < 0)


# ---- the attack ------------------------------------------------------------------------------------------------------


def test_a_published_version_gives_nothing_away(tmp_path: Path) -> None:
    version = now(published(tmp_path))
    cells = version.query(
        "select category, value, state from protected_cell where unit = ? order by category", [COMMUNE]
    )
    shown = {category: value for category, value, _ in cells.iter_rows()}
    assert (shown[""], shown["kinh"], shown["unknown"]) == (240, None, None)
    found = audit(version)
    assert found.height and narrowed(found)[0].is_empty()


def test_without_secondary_counts_the_attack_recovers_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protection.protect, "protect", primary_only)
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST, breakdown={HU: {"mong": 60, "thai": 35, "kinh": 5}})
    build(root)
    rows = narrowed(audit(now(root)))[0]
    kinh = {(low, high) for unit, category, low, high in rows.select("unit", "category", "low", "high").iter_rows()
            if (unit, category) == (COMMUNE, "kinh")}  # fmt: skip
    assert kinh == {(5, 5)}


def test_a_former_version_that_showed_the_count_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST, breakdown=GROUPS)
    with monkeypatch.context() as patch:
        patch.setattr(protection.protect, "protect", primary_only)
        patch.setattr(ledger, "write", lambda root, revision: None)
        build(root)
    deliver(root, JULY, {HU: (101, 30, 20, 10, 5, 6, 2, 3)}, "2025-12-02")  # a new version, the same groups
    build(root)
    assert len(ledger.names(root)) == 1
    assert narrowed(audit(now(root)))[0].height > 0


QUOTING = """-- One row per village whose Kinh households a question quotes.
select unit as village, month, sha256, sheet, row, 'falls' as code, 'households' as measure, value, 9.0 as reference
from observation where form_sheet = 'breakdown' and category = 'kinh'"""


def a_letter_quotes(root: store.Root, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A correction puts more reached households than there are into a row, and is told so with both numbers."""
    said = "Biểu “Phân tổ”, dòng 9: “Hộ dùng VNeID” là 12, lớn hơn “Tổng số hộ” là 5. Đề nghị kiểm tra."
    told = Letter("Phân tổ", 9, "E", "part_exceeds_whole", "12", "", said, "held")
    cell = HeldCell("breakdown", "Phân tổ", 9, "E", HU, "Hú Trù Lìn", "households_vneid", "12")
    deliver(root, JULY, FIRST, revision=2, held=[told], held_cells=[cell])


def a_question_quotes(root: store.Root, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(publish.MARTS, folder / "marts")
    (folder / "marts" / "drafts" / "question_breakdown.sql").write_text(QUOTING)
    monkeypatch.setattr(publish, "MARTS", folder / "marts")


@pytest.mark.parametrize("quotes", [a_letter_quotes, a_question_quotes])
def test_a_message_that_quotes_a_hidden_count_is_found_and_readers_get_it_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quotes: Callable
) -> None:
    root = three_villages(tmp_path / "data")
    deliver(root, JULY, FIRST, breakdown=GROUPS)
    quotes(root, tmp_path, monkeypatch)
    build(root)
    told = deliveries.letters(now(root), scope="exact").filter("is_breakdown")
    assert told.height and all("5" in message for message in told["message"])
    assert set(deliveries.letters(now(root)).filter("is_breakdown")["message"]) == {None}
    assert narrowed(audit(now(root)))[0].is_empty()
    monkeypatch.setattr(deliveries.letters, "__defaults__", (None, "exact"))
    rows = narrowed(audit(now(root)))[0]
    assert (COMMUNE, "kinh", 5, 5) in rows.select("unit", "category", "low", "high").rows()


def test_an_exported_count_is_found(tmp_path: Path) -> None:
    version = now(published(tmp_path))
    leaked = Export(JULY, "ethnic", (COMMUNE, "kinh", "households"), 5)
    rows = narrowed(audit(version, [leaked]))[0]
    assert (COMMUNE, "kinh", 5, 5) in rows.select("unit", "category", "low", "high").rows()


def test_the_verb_says_what_it_found_by_its_exit_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published(tmp_path)
    monkeypatch.setenv("CHI_TIEU_SO_DATA", str(tmp_path))
    run = CliRunner().invoke
    assert run(app, ["audit", "--real"]).exit_code == 0
    handed_out = tmp_path / "handed-out.csv"
    handed_out.write_text(f"month,unit,category,measure,value\n2025-07,{COMMUNE},kinh,households,5\n")
    found = run(app, ["audit", "--real", "--json", "--with", str(handed_out)])
    assert found.exit_code == 1 and json.loads(found.stdout)["narrowed"] > 0
    assert "Khoảng" in run(app, ["audit", "--real", "--with", str(handed_out)]).stdout
    handed_out.write_text("month,unit,value\n2025-07,04474,5\n")
    assert "category, measure" in run(app, ["audit", "--real", "--with", str(handed_out)]).stderr
    assert run(app, ["audit", "nowhere", "--real"]).exit_code == 1


# ---- the ledger ------------------------------------------------------------------------------------------------------


def test_a_crash_between_ledger_and_version_is_harmless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = three_villages(tmp_path)
    deliver(root, JULY, FIRST, breakdown=GROUPS)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="power"):
        patch.setattr(publish, "point", lambda *_: (_ for _ in ()).throw(OSError("power")))
        build(root)
    kept = ledger.names(root)
    assert len(kept) == 1, "the ledger was durable before the version could be seen"
    id = build(root)
    assert ledger.names(root) == kept and build(root) == id


def test_what_the_checks_refuse_never_enters_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = three_villages(tmp_path / "data")
    deliver(root, JULY, FIRST, breakdown=GROUPS)
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "never.sql").write_text("-- Never.\nselect 1 as wrong")
    monkeypatch.setattr(publish, "CHECKS", tmp_path / "checks")
    with pytest.raises(publish.CheckFailed):
        build(root)
    assert ledger.names(root) == []


def test_the_ledger_is_an_input_of_every_build(tmp_path: Path) -> None:
    root = published(tmp_path)
    before = now(root).manifest
    for path in root.ledger.iterdir():
        path.unlink()
    build(root)
    assert now(root).id != before["id"], "another ledger, another version"
    assert now(root).manifest["fingerprint"] != before["fingerprint"]


def test_a_view_of_the_past_publishes_nothing_new(tmp_path: Path) -> None:
    root = published(tmp_path)
    kept = ledger.names(root)
    past = build(root, as_of=store.now().date() - timedelta(days=1))
    from warehouse.version import open_version

    assert open_version(root.published, past).query("from protected_cell").is_empty()
    assert ledger.names(root) == kept


# ---- who sees what ---------------------------------------------------------------------------------------------------


def test_who_sees_exact_counts_is_one_rule() -> None:
    assert not roles.sees_exact(COMMUNE), "protected, until there are accounts"
    assert roles.sees_exact(COMMUNE, "province_staff") and not roles.sees_exact(COMMUNE, "no_such_role")
    assert roles.sees_exact(COMMUNE, "commune_officer", COMMUNE)
    assert not roles.sees_exact(COMMUNE, "commune_officer", "02671")
    assert not roles.sees_exact("", "commune_officer"), "no commune is nobody's own"
    assert not roles.sees_exact(COMMUNE, "province_staff", is_shared=True), "what leaves the office is protected"


def test_a_role_that_is_not_there_is_said(tmp_path: Path) -> None:
    text = (roles.FOLDER / "roles.toml").read_text(encoding="utf-8")
    (tmp_path / "roles.toml").write_text(text.replace('without_accounts = "reader"', 'without_accounts = "everybody"'))
    with pytest.raises(DefinitionError, match="without_accounts"):
        roles.roles(tmp_path)


# ---- an analyst's own table ------------------------------------------------------------------------------------------

OWN = {
    "unit": ["A", "A", "A", "B", "B", "B"],
    "category": ["Kinh", "Mông", "Thái"] * 2,
    "numerator": ["150", "1", "30", "90", "20", "10"],
    "denominator": ["300", "3", "60", "200", "80", "40"],
    "part_of": ["P"] * 6,
}


def test_an_analysts_table_is_protected_and_stands_the_attack() -> None:
    table = TABLES["protect"](OWN)
    rows = list(zip(table["unit"], table["category"], table["numerator"], table["denominator"], strict=True))
    assert ("A", "Mông", None, None) in rows and ("P", "", 301, 683) in rows and ("B", "Kinh", 90, 200) in rows
    part_of = ["P" if unit in "AB" else "" for unit in table["unit"]]
    found = TABLES["attack"]({name: table[name] for name in OWN if name != "part_of"} | {"part_of": part_of})
    assert found["values"] and min(found["values"]) >= protect.FEWEST


def test_an_analysts_table_with_one_hidden_cell_is_broken() -> None:
    shown = {
        "unit": ["A"] * 3,
        "category": ["", "Kinh", "Mông"],
        "numerator": [152, 150, ""],
        "denominator": [363, 360, ""],
    }
    found = TABLES["attack"](shown)
    assert {m: (low, high) for m, low, high in zip(found["measure"], found["low"], found["high"], strict=True)} == {
        "denominator": (3, 3),
        "numerator": (2, 2),
        "denominator - numerator": (1, 1),
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"numerator": ["150", "x", "30", "90", "20", "10"]}, "row 2: numerator: 'x' is not a count"),
        ({"numerator": ["150", "4", "30", "90", "20", "10"]}, "row 2: numerator 4 is more than denominator 3"),
        ({"category": ["Kinh", "Kinh", "Thái"] * 2}, "row 2: unit A has category 'Kinh' twice"),
        ({"denominator": [""] * 6}, "row 1: denominator: '' is not a count"),
    ],
)
def test_a_table_that_cannot_be_protected_says_where(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TABLES["protect"](OWN | change)


def test_tables_that_contradict_each_other_are_said() -> None:
    shown = {"unit": ["A"] * 3, "category": ["", "Kinh", "Mông"], "numerator": [10] * 3, "denominator": [20, 30, ""]}
    with pytest.raises(ValueError, match="contradict"):
        TABLES["attack"](shown)


def test_methods_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.csv"
    lines = [",".join(OWN), *(",".join(row) for row in zip(*OWN.values(), strict=True))]
    path.write_text("\n".join(lines), encoding="utf-8")
    answers.method("protect", path, True, {})
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert {row["numerator_reason"] for row in rows} == {"", "denominator", "others"}
    answers.method("protect", path, False, {})
    assert "mẫu số 1-9" in capsys.readouterr().out


def test_nothing_hidden_needs_no_program() -> None:
    from methods.attack import Rules

    assert attack_tables([{("A", "", "n"): 5, ("A", "g", "n"): 5}], Rules({}, [], "n")) == []
