"""Decides what each commune of the demonstration province is to be: its size, its people, where its figures go."""

import tomllib
import zlib
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from definitions.reference import REFERENCE, Commune, communes, ethnic_groups

Floats = NDArray[np.float64]
MAJORITY = "kinh"
ONCE = ("wrong_unit", "people_for_households", "merge", "same_name")


@dataclass(frozen=True)
class Curve:
    """A share that goes from `start` to `end` over the usual months; "fades" rises by `peak` and comes back."""

    start: float
    end: float
    form: str = "grows"
    peak: float = 0.0


@dataclass(frozen=True)
class Groups:
    """Villages with a group: the share at the start, how many lack one at the end, whether one is lost for a while."""

    start: float
    missing: int
    wavers: bool = False


Fate = tuple[str, Curve]


@dataclass(frozen=True)
class CommunePlan:
    """One commune as intended; `fates` names how access, skills and groups go, `marks` the mishaps that befall it."""

    code: str
    full_name: str
    is_ward: bool
    prefix: str
    households: int
    villages: int
    members: int
    poor: float
    ethnic: dict[str, int]
    access: Curve
    skills: Curve
    groups: Groups
    fates: dict[str, str]
    marks: frozenset[str] = field(default_factory=frozenset)


@cache
def shape() -> dict[str, Any]:
    """How the series grow and how untidily communes report: shape.toml."""
    return tomllib.loads((Path(__file__).parent / "shape.toml").read_text(encoding="utf-8"))


@cache
def province() -> dict[str, Any]:
    """What the province at hand looks like: demo.toml beside its reference tables."""
    return tomllib.loads((REFERENCE / "demo.toml").read_text(encoding="utf-8"))


def dice(seed: int, *names: str) -> np.random.Generator:
    """A stream of its own for each use, so that one more draw in one place moves nothing elsewhere."""
    return np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])


def is_quiet(plan: CommunePlan, seed: int) -> bool:
    """Whether nobody says anything there, though it asks."""
    return bool(dice(seed, "quiet", plan.code).random() < shape()["feedback"]["quiet"])


def dealt(total: int, weights: Floats, least: int = 0) -> NDArray[np.int64]:
    """`total` dealt out in whole numbers in proportion to the weights, each at least `least` (largest remainders)."""
    free = total - least * len(weights)
    exact = free * weights / weights.sum()
    whole = np.floor(exact).astype(np.int64)
    whole[np.argsort(whole - exact, kind="stable")[: free - whole.sum()]] += 1
    return whole + least


def plans(seed: int) -> tuple[CommunePlan, ...]:
    """One plan per commune of the reference tables, always of the whole province: a part stays the same part."""
    places, look = communes(), province()
    size = sizes(places, seed)
    household = dealt(look["households"], size, 200)
    village = dealt_villages(places, household, seed)
    member = dealt(look["members"], village.astype(float) * dice(seed, "members").uniform(0.75, 1.25, len(village)))
    mixes = ethnic_mixes(places, household, seed)
    fates = dealt_fates(places, household, village, seed)
    return tuple(
        CommunePlan(
            code=place.code,
            full_name=place.full_name,
            is_ward=place.type == "phuong",
            prefix="Tổ dân phố" if place.type == "phuong" else area(place).get("village", "Thôn"),
            households=int(household[n]),
            villages=int(village[n]),
            members=int(member[n]),
            poor=area(place).get("poor", 8) / 100,
            ethnic=mixes[n],
            **fates[n],
        )
        for n, place in enumerate(places)
    )


def area(place: Commune) -> dict[str, Any]:
    """What is laid down for the old district a commune came from; empty when nothing is."""
    return province()["areas"].get(place.old_districts[0], {}) if place.old_districts else {}


def sizes(places: tuple[Commune, ...], seed: int) -> Floats:
    """Households in proportion: people over people a household; unknown populations are near the usual one."""
    known = [place.population for place in places if place.population]
    spread = dice(seed, "population").uniform(0.7, 1.3, len(places))
    usual = float(np.median(known)) if known else 10_000.0
    people = [place.population or usual * spread[n] for n, place in enumerate(places)]
    size = [area(place).get("size", province()["household_size"]) for place in places]
    return np.array(people) / np.array(size)


def dealt_villages(places: tuple[Commune, ...], households: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Villages per commune: those known from print, the rest by size, small communes having more than their part."""
    known = province().get("known_villages", {})
    fixed = np.array([known.get(place.code, 0) for place in places])
    weights = households**0.75 * dice(seed, "villages").uniform(0.85, 1.15, len(places))
    free = fixed == 0
    count = fixed.copy()
    count[free] = dealt(province()["villages"] - int(fixed.sum()), weights[free], 5)
    return count


def ethnic_mixes(places: tuple[Commune, ...], households: NDArray[np.int64], seed: int) -> list[dict[str, int]]:
    """Households per ethnic group in each commune: the area's mix, bent until the province's minority share is met."""
    names = [group.id for group in ethnic_groups()]
    look, chance = province(), dice(seed, "ethnic")
    mix = np.zeros((len(places), len(names)))
    for n, place in enumerate(places):
        given = look["communes"].get(place.code, area(place)).get("mix", {MAJORITY: 100})
        for group, share in given.items():
            mix[n, names.index(group)] = share * chance.uniform(0.7, 1.3)
    mix = with_majority(mix, names.index(MAJORITY), households, 1 - look["minority_share"])
    counts = np.array([dealt(int(households[n]), mix[n]) for n in range(len(places))])
    add_tail(counts, names, chance)
    return [{names[g]: int(counts[n, g]) for g in np.flatnonzero(counts[n])} for n in range(len(places))]


def with_majority(mix: Floats, column: int, households: NDArray[np.int64], wanted: float) -> Floats:
    """The mix with the majority's column scaled alike everywhere so that it makes up `wanted` of all households."""
    low, high = 0.01, 100.0
    for _ in range(50):
        factor = (low * high) ** 0.5
        bent = mix.copy()
        bent[:, column] *= factor
        bent /= bent.sum(axis=1, keepdims=True)
        share = (bent[:, column] * households).sum() / households.sum()
        low, high = (factor, high) if share < wanted else (low, factor)
    return bent


def add_tail(counts: NDArray[np.int64], names: list[str], chance: np.random.Generator) -> None:
    """Turns a few majority households into those of the small groups, most of each in one or two communes."""
    major = names.index(MAJORITY)
    for group, total in province()["tail"].items():
        homes = chance.choice(len(counts), size=3, p=counts[:, major] / counts[:, major].sum())
        parts = dealt(total, np.array([6.0, 3.0, 1.0]))
        for home, part in zip(homes, parts, strict=True):
            moved = min(int(part), int(counts[home, major]))
            counts[home, names.index(group)] += moved
            counts[home, major] -= moved


def dealt_fates(
    places: tuple[Commune, ...], households: NDArray[np.int64], villages: NDArray[np.int64], seed: int
) -> list[dict[str, Any]]:
    """Curves, groups, fates and marks per commune: towns tend to be ahead, poor areas behind, by much chance."""
    chance = dice(seed, "fates")
    ahead = np.array([(place.type == "phuong") * 1.0 - area(place).get("poor", 8) / 15 for place in places])
    order = {target: np.argsort(-(ahead + chance.normal(0, 1.2, len(places)))) for target in ("access", "skills")}
    curves = {target: drawn_curves(target, order[target], chance) for target in order}
    marks: list[set[str]] = [set() for _ in places]
    add_rare(curves, marks, households, chance)
    for target in curves:
        curves[target] = level(target, curves[target], households)
    groups = drawn_groups(villages, marks, chance)
    return [
        {
            "access": curves["access"][n][1],
            "skills": curves["skills"][n][1],
            "groups": groups[n][1],
            "fates": {"access": curves["access"][n][0], "skills": curves["skills"][n][0], "groups": groups[n][0]},
            "marks": frozenset(marks[n]),
        }
        for n in range(len(places))
    ]


def drawn_curves(target: str, order: NDArray[np.int64], chance: np.random.Generator) -> list[Fate]:
    """A fate and its curve per commune, dealt down the order in the parts laid down."""
    kinds = shape()[target]
    dealt_out = np.repeat(np.arange(len(kinds)), dealt(len(order), np.array([kind["part"] for kind in kinds])))
    result: list[Fate] = [("", Curve(0, 0))] * len(order)
    for commune, number in zip(order, dealt_out, strict=True):
        kind = kinds[number]
        start, end = chance.uniform(*kind["start"]), chance.uniform(*kind["end"])
        if kind.get("form") == "fades":
            end = min(end, start)
        result[commune] = (kind["fate"], Curve(start, end, kind.get("form", "grows"), kind.get("peak", 0.0)))
    return result


def add_rare(
    curves: dict[str, list[Fate]],
    marks: list[set[str]],
    households: NDArray[np.int64],
    chance: np.random.Generator,
) -> None:
    """Takes a few communes out for the rarer fates and mishaps; no commune is taken twice."""
    rare, mess = shape()["rare"], shape()["mess"]
    small = [int(n) for n in np.argsort(households)[: len(households) // 2]]
    chance.shuffle(small)
    for fate, name in (("achieved", "leads"), ("achieved_at_risk", "leads_at_risk")):
        for n in (small.pop() for _ in range(rare[name]["count"])):
            given = rare[name]
            curves["access"][n] = ("achieved", Curve(*given["access"]))
            start, end = given["skills"]
            form = "fades" if "peak" in given else "grows"
            curves["skills"][n] = (fate, Curve(start, end, form, given.get("peak", 0.0)))
            marks[n].add("leads")
    for n in (small.pop() for _ in range(rare["access_at_risk"]["count"])):
        given = rare["access_at_risk"]
        curves["access"][n] = ("achieved_at_risk", Curve(given["start"], given["end"], "fades", given["peak"]))
        marks[n].add("at_risk")
    counts = {"silent": rare["silent"]["count"], "starts_late": rare["starts_late"]["count"]}
    counts |= {"copies": mess["copies"]["count"]} | dict.fromkeys(ONCE, 1)
    for mark, count in counts.items():
        for n in (small.pop() for _ in range(count)):
            marks[n].add(mark)
        if mark == "copies" and count:
            marks[n].add("copies_still")
    free = [n for n in range(len(marks)) if not marks[n]]
    for n in chance.choice(free, mess["not_yet_in"], replace=False):
        marks[n].add("not_yet_in")


def level(target: str, curves: list[Fate], households: NDArray[np.int64]) -> list[Fate]:
    """Moves the ends of the largest free group of fates so that the province ends at its share."""
    adjusted = shape()[target][0]
    low = adjusted["end"][0]
    ends = np.array([curve.end for _, curve in curves])
    free = np.array([fate == adjusted["fate"] and curve.end < 0.95 for fate, curve in curves])
    lacking = shape()["last_month_share"][target] * households.sum() - (households * np.where(free, low, ends)).sum()
    factor = lacking / (households * (ends - low))[free].sum()
    moved = np.where(free, np.clip(low + (ends - low) * factor, 0.9 * low, 0.95), ends)
    return [(fate, replace(curve, end=float(moved[n]))) for n, (fate, curve) in enumerate(curves)]


def drawn_groups(
    villages: NDArray[np.int64], marks: list[set[str]], chance: np.random.Generator
) -> list[tuple[str, Groups]]:
    """Most communes are complete before the end; a few of middling size lack the number of groups laid down."""
    result = [("achieved", Groups(float(chance.uniform(0.6, 1.0)), 0)) for _ in villages]
    fit = [n for n in np.argsort(np.abs(villages - 26)) if not marks[n]]
    for kind in shape()["groups"]:
        for n in (fit.pop(0) for _ in range(kind["communes"])):
            result[n] = (kind["fate"], Groups(kind["start"], kind["missing"], kind["fate"] == "achieved_at_risk"))
    return result
