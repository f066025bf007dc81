"""Small cells are hidden so that nobody can work them out, also not by comparing versions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from definitions.relations import relations
from etl import ledger, store
from etl.protection import RULES, Protected, protected
from methods import attack, protect
from methods.lattice import Lattice, lattice
from methods.movement import Movement
from methods.pooling import pooled
from methods.protect import FEWEST, REASONS, primary
from tests.small_provinces import MEASURES, RELATIONS, attacked, names, province, published, rules

MONTH, DUE = date(2026, 6, 1), date(2026, 9, 1)
NOW = datetime(2026, 9, 10, 8).astimezone()


# ---- which counts are hidden for their own sake --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("households", "reached", "reasons"),
    [
        (100, 50, ("", "")),
        (100, 0, ("", "")),  # nobody of many tells about nobody
        (100, 4, ("", "numerator")),
        (100, 5, ("", "")),
        (100, 96, ("", "complement")),
        (100, 95, ("", "")),
        (100, 100, ("", "")),
        (20, 0, ("", "")),
        (19, 0, ("", "none_or_all")),
        (19, 19, ("", "none_or_all")),
        (19, 10, ("", "")),
        (10, 5, ("", "")),
        (9, 5, ("denominator", "denominator")),
        (1, 1, ("denominator", "denominator")),
        (0, 0, ("", "")),
    ],
)
def test_the_rules_of_small_cells(households: int, reached: int, reasons: tuple[str, str]) -> None:
    found = primary(np.array([[[households, reached]]]))
    assert tuple(REASONS[code] for code in found[0, 0]) == reasons


def test_none_and_all_of_few_households_are_shown_for_priority_groups() -> None:
    assert primary(np.array([[[19, 0]]]), ethnic=False).max() == 0


# ---- what else has to be hidden ------------------------------------------------------------------------------------

# Two communes and their sum; Kinh, Mông and Thái; households and those with an app. One cell has 3 households.
COMMUNES = np.array([[[300, 150], [3, 1], [60, 30]], [[200, 90], [80, 20], [40, 10]]])
BOTH = np.array([[True, True]])
PART = ({1: 1, 0: -1},)


def test_a_single_small_cell_takes_others_along() -> None:
    result = protect.protect(lattice(COMMUNES, BOTH, PART))
    hidden = result.hidden
    assert hidden[0, 1].all(), "the three households themselves"
    assert hidden[0, :, 0].sum() >= 2 and hidden[:2, 1, 0].sum() + hidden[2, 1, 0] >= 2, (
        "no row or column gives it away"
    )
    assert not result.exposed.any()
    assert hidden.sum() <= 12, "of 18 counts"


def test_nothing_small_hides_nothing() -> None:
    assert not protect.protect(lattice(np.maximum(COMMUNES, [40, 20]), BOTH, PART)).hidden.any()


def test_what_everybody_knows_already_protects_nothing() -> None:
    of = lattice(COMMUNES, BOTH, PART)
    told = np.ones(of.values.shape, bool)
    result = protect.protect(of, told=told)
    assert result.hidden[0, 1].all() and result.hidden.sum() == 2, "the rules still hide, there is nothing else to hide"
    told[:, 1:] = False  # Kinh stands in an old version; so the others have to do without
    result = protect.protect(of, told=told)
    assert not result.hidden[:, 0].any() and not result.exposed.any()


def test_values_that_are_not_the_sums_of_their_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="not the sums"):
        Lattice(np.concatenate([COMMUNES, COMMUNES[:1]]), BOTH, PART)


def test_a_total_of_three_cannot_be_protected_and_says_so() -> None:
    result = protect.protect(lattice(np.array([[[60, 2], [50, 1]], [[70, 30], [80, 40]]]), BOTH, PART))
    assert result.by_totals[0, 0, 1] and not result.exposed.any()


def bounds(of: Lattice, hidden: np.ndarray) -> dict[attack.Key, attack.Narrowed]:
    found = attack.attack([published(of, hidden)], rules(of), exactly=True)
    return {one.key: one for one in found}


@pytest.mark.parametrize("seed", range(8))
def test_every_hidden_count_has_room_on_both_sides_by_the_attackers_own_program(seed: int) -> None:
    of = province(seed)
    result = protect.protect(of)
    left = bounds(of, result.hidden)
    for place in np.argwhere(result.hidden & ~result.by_totals):
        unit, group, measure = place
        key = (names(of)[unit], f"g{group}", MEASURES[measure])
        truth, one = of.values[tuple(place)], left[key]
        assert one.low <= truth <= one.high and one.values >= FEWEST, key


@pytest.mark.slow
def test_fifty_small_provinces_give_nothing_away_and_do_without_the_secondary_counts() -> None:
    broken = 0
    for seed in range(50):
        of = province(seed)
        assert attacked(of, protect.protect(of)) == [], seed
        nothing = np.zeros(of.values.shape, bool)
        only = protect.Protection(primary(of.values), nothing, nothing)
        broken += bool(attacked(of, only))
    assert broken >= 45, "the attack is no decoration"


@pytest.mark.slow
@settings(max_examples=15)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_no_order_of_rows_changes_what_is_hidden(seed: int, chance) -> None:
    frame = breakdown(province(seed))
    rows = frame.rows()
    chance.shuffle(rows)
    shuffled = pl.DataFrame(rows, schema=frame.schema, orient="row")
    first, second = (made(one).tables["protected_cell"].sort(pl.all()) for one in (frame, shuffled))
    assert first.equals(second)


def test_the_pool_holds_the_small_and_the_hidden_and_breaks_no_rule() -> None:
    values = np.array([[500, 250], [120, 60], [150, 80], [7, 2], [30, 1]])
    shown = np.array([[True, True], [True, True], [True, False], [False, False], [True, True]])
    assert pooled(values, shown).tolist() == [False, False, True, True, True]
    # Seven households alone would be told by the total: the smallest large group joins them.
    assert pooled(values[[0, 1, 3]], shown[[0, 1, 3]]).tolist() == [False, True, True]


# ---- by comparing versions -----------------------------------------------------------------------------------------


def breakdown(of: Lattice, communes: list[int] | None = None) -> pl.DataFrame:
    """The exact mart of a small province under real measures' names; only some communes where given."""
    rows = [
        (f"c{commune}", MONTH, "ethnic", f"g{group}", REAL[measure], int(of.values[commune, group, measure]))
        for commune in (range(of.leaves) if communes is None else communes)
        for group in np.flatnonzero(of.cells[commune])
        for measure in range(len(MEASURES))
    ]
    names = ["commune", "month", "dimension", "category", "measure", "value"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col("value").cast(pl.Int64))


REAL = ("households", "households_any", "households_vneid", "households_cashless", "households_skill_services",
        "households_skill_cashless", "households_skilled")  # fmt: skip


def made(frame: pl.DataFrame, before: list[ledger.Revision] | None = None) -> Protected:
    communes = sorted({f"c{n}" for n in range(12)})
    units = (
        [("p", c) for c in communes] + [(f"cluster:{int(c[1:]) % 2}", c) for c in communes] + [(c, c) for c in communes]
    )
    parts = pl.DataFrame(units, schema=["unit", "commune"], orient="row")
    return protected(frame, parts, before or [], DUE, NOW, "p")


def larger(frame: pl.DataFrame, commune: str, group: str, by: int) -> pl.DataFrame:
    """The same with more households of a group in a commune, all of which have everything."""
    here = (pl.col("commune") == commune) & (pl.col("category") == group)
    return frame.with_columns(value=pl.when(here).then(pl.col("value") + by).otherwise("value"))


def hidden(result: Protected) -> set[tuple]:
    cells = result.tables["protected_cell"].filter(pl.col("state") == "hidden")
    return set(cells.select("unit", "category", "measure").iter_rows())


def as_table(result: Protected) -> attack.Table:
    cells = result.tables["protected_cell"]
    return {(unit, category, measure): value for unit, category, measure, value in
            cells.select("unit", "category", "measure", "value").iter_rows()}  # fmt: skip


def compared(*results: Protected) -> list[attack.Narrowed]:
    """What somebody who kept all these (the newest first) narrows to fewer than five values."""
    parts = {"p": [f"c{n}" for n in range(12)]}
    parts |= {f"cluster:{odd}": [f"c{n}" for n in range(odd, 12, 2)] for odd in (0, 1)}
    known = attack.Rules(parts, relations(REAL), "households")
    found = attack.attack([as_table(one) for one in results], known)
    return [one for one in found if one.values < FEWEST and not one.told]


@pytest.mark.parametrize(("seed", "commune", "group"), [(1, "c0", "g1"), (5, "c2", "g2"), (18, "c5", "g2")])
def test_a_count_once_hidden_stays_hidden_after_a_correction(seed: int, commune: str, group: str) -> None:
    frame = breakdown(province(seed))
    first = made(frame)
    assert (commune, group, "households") in hidden(first)
    second = made(larger(frame, commune, group, 200), first.new)
    assert [one.number for one in second.new] == [2]
    assert hidden(first) <= hidden(second)
    reasons = second.tables["protected_reason"].filter((pl.col("unit") == commune) & (pl.col("category") == group))
    assert "earlier" in set(reasons["reason"]), "two hundred households are no small cell any more"
    assert compared(second, first) == []


def solves(work: Callable[[], Protected], monkeypatch: pytest.MonkeyPatch) -> tuple[Protected, int]:
    """What comes of it, and how many linear programs it took."""
    count, run = [0], Movement._run
    with monkeypatch.context() as patch:
        patch.setattr(Movement, "_run", lambda *given: (count.__setitem__(0, count[0] + 1), run(*given))[1])
        return work(), count[0]


@pytest.mark.parametrize("seed", [1, 5, 18])
def test_a_correction_hides_the_same_by_the_former_proof_with_fewer_programs(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = breakdown(province(seed))
    first, corrected = made(frame), larger(frame, "c0", "g0", 3)
    bare = [replace(one, proof=one.proof.clear()) for one in first.new]
    quick, few = solves(lambda: made(corrected, first.new), monkeypatch)
    full, many = solves(lambda: made(corrected, bare), monkeypatch)
    assert len(quick.new) == len(full.new) == 1 and few < many
    assert hidden(quick) == hidden(full) and compared(quick, first) == []


@pytest.mark.parametrize("seed", [3, 5, 8])
def test_a_proof_that_does_not_hold_proves_nothing(seed: int) -> None:
    """Movements nobody could make claim that all small counts are safe already."""
    of = province(seed)
    small = np.flatnonzero(primary(of.values))
    false = [protect.Moved(small, np.full(len(small), way)) for way in (-9.0, 9.0)]
    result = protect.protect(of, proofs=false)
    assert result.hidden.sum() > len(small) and attacked(of, result) == []
    assert (result.hidden == protect.protect(of).hidden).all()


def test_the_same_counts_again_make_no_new_revision() -> None:
    frame = breakdown(province(3))
    first = made(frame)
    again = made(frame.sample(fraction=1, shuffle=True, seed=1), first.new)
    assert again.new == [] and as_table(again) == as_table(first)


def with_small_cells(seed: int) -> tuple[Lattice, list[int]]:
    """A province with a commune that has a small cell, which comes last."""
    of = province(seed)
    last = next(c for c in range(of.leaves) if (primary(of.values)[c] == 1).any())
    return of, [c for c in range(of.leaves) if c != last]


@pytest.mark.parametrize("seed", [3, 5, 8])
def test_a_late_commune_waits_where_the_difference_would_tell_its_small_cells(seed: int) -> None:
    of, early = with_small_cells(seed)
    first = made(breakdown(of, early))
    alone = made(breakdown(of))
    assert compared(alone, first), "published without regard to the first version, the late commune is told"
    second = made(breakdown(of), first.new)
    assert as_table(second) == as_table(first) and second.new == []
    assert second.tables["protected_month"].select("revision", "communes", "waiting").row(0) == (1, len(early), 1)


@pytest.mark.slow
def test_random_corrections_and_late_communes_are_never_told_by_comparing() -> None:
    followed = 0
    for seed in range(30):
        of, chance = province(seed), np.random.default_rng(seed)
        if of.leaves < 5:
            continue
        early = sorted(chance.choice(of.leaves, of.leaves - 2, replace=False).tolist())
        steps = [breakdown(of, early), breakdown(of), larger(breakdown(of), f"c{early[0]}", "g0", 7)]
        versions, kept = list[Protected](), list[ledger.Revision]()
        for step in steps:
            versions.append(made(step, kept))
            kept += versions[-1].new
        followed += len(kept) > 1
        assert compared(*reversed(versions)) == [], seed
    assert followed > 5, "some of them did follow"


def test_a_month_is_protected_only_when_its_round_is_due() -> None:
    frame = breakdown(province(3)).with_columns(month=pl.lit(date(2026, 12, 1)))
    assert made(frame).tables["protected_cell"].is_empty()


# ---- the ledger ------------------------------------------------------------------------------------------------------


def test_the_ledger_gives_back_what_it_was_given(tmp_path: Path) -> None:
    root = store.root("real", tmp_path)
    first = made(breakdown(province(3)))
    for _ in range(2):  # the second time the file is there already
        ledger.write(root, first.new[0])
    (back,) = ledger.revisions(root)
    assert back.proof.equals(first.new[0].proof) and len(back.proof)
    assert back.rows.equals(first.new[0].rows) and back.parts == first.new[0].parts
    assert (back.month, back.number, back.inputs, back.rules) == (MONTH, 1, first.new[0].inputs, RULES)
    assert ledger.revisions(root, date(2026, 9, 9)) == [] and len(ledger.names(root, date(2026, 9, 10))) == 1


@pytest.mark.parametrize("relation", RELATIONS)
def test_the_small_provinces_keep_the_relations_they_are_attacked_with(relation: dict[int, int]) -> None:
    of = province(11)
    assert (of.values[:, :, list(relation)] @ np.array(list(relation.values())) <= 0).all()


@pytest.mark.long
def test_the_whole_province_stays_readable_and_gives_nothing_away() -> None:
    from definitions.load import definitions
    from etl import build
    from etl.demo.plan import plans
    from etl.demo.province import LAST, MONTHS, SEED
    from etl.demo.simulate import months_before, simulate

    asked = {column.id for column in definitions().forms.sheets["breakdown"].columns}
    run, rows = months_before(LAST, MONTHS), []
    for plan in plans(SEED):
        for _, group, counts in simulate(plan, run, SEED).breakdown(0):
            kind = "priority" if group in definitions().priority_groups else "ethnic"
            rows += [
                (plan.code, run[0], kind, group, measure, count)
                for measure, count in counts.items()
                if measure in asked
            ]
    frame = pl.DataFrame(rows, schema=["commune", "month", "dimension", "category", "measure", "value"], orient="row")
    frame = frame.group_by(pl.exclude("value")).agg(pl.sum("value"))
    code = definitions().province.code
    result = protected(frame, build.units_of_communes(), [], DUE, NOW, code)
    cells = result.tables["protected_cell"]
    assert cells.filter((pl.col("dimension") == "none") & (pl.col("state") == "hidden")).is_empty()
    ethnic = frame.filter((pl.col("dimension") == "ethnic") & (pl.col("measure") == "households"))
    hid = cells.filter(pl.col("state") == "hidden").select("category", commune="unit").unique()
    inside = sum(ethnic.join(hid, on=["commune", "category"], how="semi")["value"])
    assert 0.02 < inside / sum(ethnic["value"]) <= 0.15, "of households, in cells by commune with any count hidden"
    parts = build.units_of_communes().filter(pl.col("unit") != pl.col("commune")).group_by("unit").agg("commune")
    table = as_table(Protected({"protected_cell": cells.filter(pl.col("dimension") != "priority")}, []))
    found = attack.attack(
        [table],
        attack.Rules(dict(parts.iter_rows()), relations(sorted({measure for _, _, measure in table})), "households"),
    )
    assert len(found) > 3000 and [one for one in found if one.values < FEWEST and not one.told] == []
