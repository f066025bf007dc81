"""The definitions validate when loaded, and an error names file, block and key."""

import re
import shutil
from datetime import date
from string import Formatter

import pytest

from definitions import format, load
from definitions.load import FOLDER, DefinitionError, definitions
from definitions.text import LANGUAGES, sentences, text
from etl.letters import WORDS

GOAL_OF_NO_TARGET = """
[[goal]]
target = "x"
unit = "1"
quarter = "2026-Q1"
value = 0.5
document = "d"
"""


@pytest.fixture
def folder(tmp_path):
    for file in FOLDER.glob("*.toml"):
        shutil.copy(file, tmp_path)
    return tmp_path


def change(folder, file, old, new):
    content = (folder / file).read_text(encoding="utf-8")
    assert old in content
    (folder / file).write_text(content.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    "file, old, new, said",
    [
        ("measures.toml", 'kind = "stock"', 'kind = "stok"', "measures.toml [households] kind"),
        (
            "indicators.toml",
            'numerator = "households_any"',
            'numerator = "hh"',
            'indicators.toml [access_any] numerator: "hh"',
        ),
        ("targets.toml", "goal = 0.5", "goal = 50", "targets.toml [access_2026] goal"),
        ("targets.toml", "deadline = 2026-12-31", "deadlne = 2026-12-31", "targets.toml [groups_2026] deadline"),
        ("access.toml", 'in_force = "any"', 'in_force = "most"', 'access.toml [] in_force: "most"'),
        (
            "goals.toml",
            "goal = []",
            '[[goal]]\ntarget = "x"\nunit = "1"\nquarter = "2026-Q1"\nvalue = 0.5\ndocument = "d"',
            "goals.toml [goal 1] target",
        ),
        ("goals.toml", "goal = []", "[[goal]]\nvalue = 0.5", "goals.toml [goal 1] target"),
        ("clusters.toml", '"02647"', '"02671"', "clusters.toml [cluster] communes: 02671 stands in two clusters"),
        ("calendar.toml", "due_day = 5", "due_day = 45", "calendar.toml [] due_day"),
        (
            "forms.toml",
            'id = "households_any"',
            'id = "households_anny"',
            'forms.toml [sheets.villages.columns] id: "households_anny"',
        ),
        ("platforms.toml", "[vneid]", "[vneid", "platforms.toml [] : not valid TOML"),
    ],
)
def test_a_fault_is_named_with_file_block_and_key(folder, file, old, new, said):
    change(folder, file, old, new)
    with pytest.raises(DefinitionError) as fault:
        load.load(folder)
    assert str(fault.value).startswith(said)


def test_a_missing_file_is_named(folder):
    (folder / "targets.toml").unlink()
    with pytest.raises(DefinitionError, match="targets.toml"):
        load.load(folder)


def test_the_three_promises():
    targets = definitions().targets
    assert {id: (t.goal, t.deadline) for id, t in targets.items()} == {
        "groups_2026": (1.0, date(2026, 12, 31)),
        "access_2026": (0.5, date(2026, 12, 31)),
        "skills_2030": (1.0, date(2030, 12, 31)),
    }


def test_a_report_is_due_on_a_working_day():
    assert load.due_date(date(2026, 10, 1)) == date(2026, 11, 5)
    assert load.due_date(date(2026, 8, 1)) == date(2026, 9, 7), "05/9/2026 is a Saturday"
    assert load.late_after(date(2026, 10, 1)) == date(2026, 11, 7)


def test_the_provincial_portal_is_asked_only_while_it_runs():
    columns = [column.id for column in load.sheet_columns("breakdown", date(2026, 3, 1))]
    assert "households_provincial_portal" not in columns and "households_vneid" in columns
    assert "provincial_portal" in load.platforms_in_force(date(2025, 6, 1))


def test_the_form_asks_for_little():
    def asked(sheet):
        return [c for c in definitions().forms.sheets[sheet].columns if c.kind == "count"]

    assert len(asked("villages")) <= 8
    assert len(asked("commune")) <= 12


def test_a_commune_keeps_the_provinces_goal_until_the_annex_gives_its_own(folder, monkeypatch):
    assert load.goal("access_2026", "04474", date(2026, 10, 1)) == (0.5, "")
    change(
        folder,
        "goals.toml",
        "goal = []",
        '[[goal]]\ntarget = "access_2026"\nunit = "04474"\nquarter = "2026-Q4"\nvalue = 0.4\n'
        'document = "Phụ lục, trang 2"',
    )
    loaded = load.load(folder)
    monkeypatch.setattr(load, "definitions", lambda: loaded)
    assert load.goal("access_2026", "04474", date(2026, 10, 1)) == (0.4, "Phụ lục, trang 2")
    assert load.goal("access_2026", "04474", date(2026, 9, 1)) == (0.5, "")
    assert load.goal("access_2026", "02647", date(2026, 10, 1)) == (0.5, "")


def test_numbers_as_vietnamese_offices_write_them():
    assert format.integer(28123) == "28.123"
    assert format.percent(0.462) == "46,2%"
    assert format.percent(0.99999) == "99,9%", "short of the whole is never printed as the whole"
    assert format.percent(1.0) == "100,0%"
    assert format.points(0.013) == "+1,3 điểm"
    assert format.points(-0.0001) == "0,0 điểm"
    assert format.decimal(1.25) == "1,3"
    assert format.integer(None) == "–"
    assert format.percent(float("nan")) == "–"
    assert format.percent(0.462, lang="en") == "46.2%"
    assert format.day(date(2026, 10, 31)) == "31/10/2026"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_says_the_same_things(lang):
    assert LANGUAGES[0] == "vi"
    assert sentences(lang).keys() == sentences("vi").keys()


# Names stand the same in every language: the product, the languages themselves, file formats, units of measurement.
NAMES = {"app.title", "app.vi", "app.en", "table.xlsx", "table.csv", "table.parquet", "printed.unit_km2"}
NAMES |= {"posts.kind_video", *(f"channels.platform_{id}" for id in ("facebook", "zalo_oa", "mini_app"))}


@pytest.mark.parametrize("lang", LANGUAGES[1:])
def test_nothing_but_names_stays_vietnamese(lang):
    here, there = sentences(lang), sentences("vi")
    # What has no word of its own, "{p}/{goal}" or "%", has nothing to translate.
    worded = {id for id, said in there.items() if re.search(r"[^\W\d]{3}", re.sub(r"{\w*}", "", said))}
    assert {id for id in worded - NAMES if here.get(id) == there[id]} == set()


@pytest.mark.parametrize("lang", LANGUAGES[1:])
def test_every_language_has_the_same_places_to_fill(lang):
    def places(sentence):
        return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}

    here, there = sentences(lang), sentences("vi")
    assert {id: here[id] for id in here.keys() & there.keys() if places(here[id]) != places(there[id])} == {}


def test_a_further_language_speaks_english_where_a_definition_has_no_words_of_its_own():
    label = load.Label.model_validate({"vi": "Hộ", "en": "Households", "tay": "Lườn"})
    assert (label.said("vi"), label.said("tay"), label.said("hmn")) == ("Hộ", "Lườn", "Households")


def test_a_missing_sentence_is_an_error():
    with pytest.raises(DefinitionError, match="locales/vi.toml"):
        text("nothing.here")


@pytest.mark.parametrize("lang", sorted(LANGUAGES))
def test_every_letter_has_a_short_name_on_the_screens(lang: str) -> None:
    assert all(text(f"letter.{code}", lang) for code in WORDS)
