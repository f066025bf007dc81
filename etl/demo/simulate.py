"""Lets the households of one commune come to the platforms month by month, and counts them; exists only in memory."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from definitions.load import definitions, is_dead, platforms_in_force
from etl.demo.names import village_names
from etl.demo.plan import MAJORITY, CommunePlan, Curve, dealt, dice, is_quiet, shape

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Village:
    """One village of the registry; valid from its first month to its last (None: still)."""

    id: str
    name: str
    households: int
    valid_from: date
    valid_to: date | None = None
    successors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Households:
    """One entry per household: its village, group, flags, month it comes, its place in its village's two queues."""

    village: Ints
    ethnic: Ints
    flags: dict[str, Bools]
    comes: Ints
    access: Floats
    skills: Floats
    tossed: Bools
    platforms: Floats  # (households, platforms) the smaller, the earlier the household takes the platform up


@dataclass(frozen=True)
class Numbers:
    """What is true of one commune: (villages, months) counts per measure, flows per month, and breakdowns on demand."""

    plan: CommunePlan
    seed: int
    months: tuple[date, ...]
    villages: tuple[Village, ...]
    valid: Bools
    ethnic_names: tuple[str, ...]
    homes: Households
    access: Floats
    skills: Floats
    values: dict[str, Ints]
    flows: dict[str, Ints]

    def breakdown(self, month: int) -> list[tuple[int, str, dict[str, int]]]:
        """(village, ethnic or priority id, counts of every measure) for each group that has households in a village."""
        state = self.state(month)
        here, village = state.pop("households"), self.seat(month)
        cells = village * len(self.ethnic_names) + self.homes.ethnic
        names = [(v, name) for v in range(len(self.villages)) for name in self.ethnic_names]
        rows = counted(names, cells, {"households": here} | state, here)
        for flag, mask in self.homes.flags.items():
            names = [(v, flag) for v in range(len(self.villages))]
            rows += counted(names, village, {"households": here} | state, here & mask)
        order = {name: n for n, name in enumerate((*self.ethnic_names, *self.homes.flags))}
        return sorted(rows, key=lambda row: (row[0], order[row[1]]))

    def seat(self, month: int) -> Ints:
        """The village each household belongs to in a month: the successor's where its own was merged."""
        moved = np.arange(len(self.villages))
        ids = [village.id for village in self.villages]
        for n, village in enumerate(self.villages):
            if village.valid_to and self.months[month] > village.valid_to:
                moved[n] = ids.index(village.successors[0])
        return moved[self.homes.village]

    def state(self, month: int) -> dict[str, Bools]:
        """Which households are there, use each platform, any, three, all, and have each skill, in a month."""
        homes, running = self.homes, platforms_in_force(self.months[month])
        state, taken = self.reach(month)
        turn = self.turns(running)
        state |= {f"households_{platform}": turn[:, n] < taken for n, platform in enumerate(running)}
        nearly = state["households"] & (homes.skills < np.minimum(1.5 * self.skills[homes.village, month], 1))
        state["households_skill_services"] = state["households_skilled"] | (nearly & homes.tossed)
        state["households_skill_cashless"] = state["households_skilled"] | (nearly & ~homes.tossed)
        return state

    def reach(self, month: int) -> tuple[dict[str, Bools], Ints]:
        """Which households are there, use any, three, all, have both skills; and how many platforms each uses."""
        homes, running = self.homes, platforms_in_force(self.months[month])
        here = homes.comes <= month
        taken = platforms_taken(homes.access, self.access[homes.village, month], len(running)) * here
        both = here & (homes.skills < self.skills[homes.village, month])
        state = {"households": here, "households_any": taken >= 1, "households_three": taken >= 3}
        return state | {"households_all": taken >= len(running), "households_skilled": both}, taken

    def turns(self, running: tuple[str, ...]) -> Ints:
        """The position of each platform in operation in the order each household takes them up."""
        if running not in self.orders:
            known = list(definitions().platforms)
            keys = self.homes.platforms[:, [known.index(platform) for platform in running]]
            self.orders[running] = np.argsort(np.argsort(keys, axis=1), axis=1)
        return self.orders[running]

    @cached_property
    def orders(self) -> dict[tuple[str, ...], Ints]:
        return {}

    @cached_property
    def minority(self) -> float:
        return 1 - self.plan.ethnic.get(MAJORITY, 0) / self.plan.households


def counted(
    names: list[tuple[int, str]], cells: Ints, state: dict[str, Bools], among: Bools
) -> list[tuple[int, str, dict[str, int]]]:
    """The households of `among` per cell and measure; cells without any are left out."""
    sums = {measure: np.bincount(cells[mask & among], minlength=len(names)) for measure, mask in state.items()}
    held = np.flatnonzero(sums["households"])
    return [(*names[n], {measure: int(count[n]) for measure, count in sums.items()}) for n in held]


def platforms_taken(place: Floats, share: Floats, platforms: int) -> Ints:
    """How many platforms each household uses: none deep in the queue, all near its head."""
    three = 0.25 + 0.5 * share
    parts = [np.ones(len(share)), 0.6 + 0.3 * share, three]
    parts += [three * (1 - 0.65 * (number - 2) / (platforms - 2)) for number in range(4, platforms + 1)]
    return np.sum([place < share * part for part in parts[:platforms]], axis=0)


def months_before(last: date, count: int) -> tuple[date, ...]:
    """`count` months up to and with `last`."""
    index = last.year * 12 + last.month - 1
    return tuple(date(i // 12, i % 12 + 1, 1) for i in range(index - count + 1, index + 1))


def simulate(plan: CommunePlan, months: tuple[date, ...], seed: int) -> Numbers:
    """The commune's true numbers over these months; a shorter run is the end of the usual one."""
    usual = months_before(months[-1], max(shape()["months"], len(months)))
    chance = dice(seed, "villages", plan.code)
    villages, merged = founded(plan, usual[0], months, seed, chance)
    native = len(villages) - len(merged) // 2
    homes, ethnic_names = settled(plan, native, merged, len(usual), chance)
    size = np.bincount(homes.village, minlength=native)[:native]
    x = paces(usual)
    access = village_shares(plan.access, size, x, chance, 0.35 if "leads" not in plan.marks else 0.1)
    skills = village_shares(plan.skills, size, x, chance, 0.3 if "leads" not in plan.marks else 0.1)
    dip(access, usual, chance)
    late = len(usual) - len(months)
    whole = Numbers(
        plan, seed, months, named(villages, size), validity(villages, months), ethnic_names,
        shifted(homes, late), access[:, late:], skills[:, late:], {}, {},
    )  # fmt: skip
    whole.values.update(household_counts(whole))
    whole.values.update(
        {key: value[:, late:] for key, value in group_counts(plan, villages, merged, usual, x, chance).items()}
    )
    whole.values["households_helped"] = helped(whole, chance)
    whole.flows.update(flows(whole, dice(seed, "flows", plan.code)))
    return whole


def founded(
    plan: CommunePlan, first: date, months: tuple[date, ...], seed: int, chance: np.random.Generator
) -> tuple[list[Village], tuple[int, ...]]:
    """The registry of the commune; where two villages merge, their successor stands last."""
    merges = "merge" in plan.marks
    names = village_names(plan, plan.villages + merges, seed)
    ids = [f"{plan.code}-{n:03d}" for n in range(1, len(names) + 2)]
    villages = [Village(ids[n], name, 0, first) for n, name in enumerate(names)]
    if not merges:
        return villages, ()
    until = before_last(months, shape()["mess"]["merge"])
    after = months[until + 1]
    for n in (0, 1):
        villages[n] = Village(ids[n], names[n], 0, first, months[until], (ids[len(names)],))
    return [*villages, Village(ids[len(names)], f"{names[0]} Mới", 0, after)], (0, 1)


def before_last(months: tuple[date, ...], count: int) -> int:
    """The index of the month so many before the last, moved into a short run."""
    return len(months) - 1 - min(count, len(months) - 2)


def named(villages: list[Village], size: Ints) -> tuple[Village, ...]:
    """The villages with the households known when the registry was confirmed; a successor has its parts'."""
    sizes = [*(int(n) for n in size)]
    ids = [village.id for village in villages]
    for village in villages[len(sizes) :]:
        sizes.append(sum(sizes[ids.index(part.id)] for part in villages if village.id in part.successors))
    return tuple(
        Village(v.id, v.name, sizes[n], v.valid_from, v.valid_to, v.successors) for n, v in enumerate(villages)
    )


def validity(villages: list[Village], months: tuple[date, ...]) -> Bools:
    return np.array([[v.valid_from <= m and (v.valid_to is None or m <= v.valid_to) for m in months] for v in villages])


def settled(
    plan: CommunePlan, native: int, merged: tuple[int, ...], months: int, chance: np.random.Generator
) -> tuple[Households, tuple[str, ...]]:
    """The households of the commune: groups live side by side in most villages, mixed in towns."""
    village_weights = chance.lognormal(0, 0.4, native)
    village_weights[list(merged)] = village_weights.min()
    village = np.repeat(np.arange(native), dealt(plan.households, village_weights, min(15, plan.households // native)))
    names = [*sorted(plan.ethnic, key=lambda name: (chance.random(), name)), UNKNOWN]
    ethnic = np.repeat(np.arange(len(names) - 1), [plan.ethnic[name] for name in names[:-1]])
    moves = np.flatnonzero(chance.random(len(ethnic)) < (0.7 if plan.is_ward else 0.15))
    ethnic[moves] = ethnic[chance.permutation(moves)]
    people = shape()["people"]
    flags = {"women_headed": people["women_headed"], "elderly": people["elderly"], "poor": plan.poor}
    held = {
        flag: chance.random(len(village)) < part
        for flag, part in flags.items()
        if flag in definitions().priority_groups
    }
    later = sum(people["later"][flag] * mask for flag, mask in held.items())
    is_minority = np.array([name != MAJORITY for name in names])[ethnic]
    likes = later + people["later"]["minority"] * is_minority + chance.normal(0, 1, len(village))
    able = 0.7 * likes + chance.normal(0, 0.7, len(village))
    ethnic[chance.random(len(village)) < people["unknown_ethnic"]] = len(names) - 1
    comes = np.where(chance.random(len(village)) < 0.012, chance.integers(1, max(months, 2), len(village)), 0)
    homes = Households(
        village, ethnic, held, comes, queue(village, likes), queue(village, able), chance.random(len(village)) < 0.5,
        taste(len(village), chance),
    )  # fmt: skip
    return homes, tuple(names)


def shifted(homes: Households, late: int) -> Households:
    """The same households when the run begins `late` months later."""
    return Households(
        homes.village, homes.ethnic, homes.flags, np.maximum(homes.comes - late, 0), homes.access, homes.skills,
        homes.tossed, homes.platforms,
    )  # fmt: skip


def queue(village: Ints, key: Floats) -> Floats:
    """Each household's place in its village's queue by `key`, evenly spread over (0, 1)."""
    order = np.lexsort((key, village))
    size = np.bincount(village)
    first = np.cumsum(size) - size
    place = np.empty(len(village))
    place[order] = (np.arange(len(village)) - first[village[order]] + 0.5) / size[village[order]]
    return place


def taste(households: int, chance: np.random.Generator) -> Floats:
    """(households, platforms) keys of the order in which each takes them up: popular ones tend to come first."""
    weights = np.array([shape()["platform_weight"].get(platform, 1.0) for platform in definitions().platforms])
    return -np.log(weights) - chance.gumbel(0, 1, (households, len(weights)))


def paces(months: tuple[date, ...]) -> Floats:
    """How far along the curve each month is, from 0 to 1; dead months bring little."""
    steps = np.array([shape()["dead_pace"] if is_dead(month) else 1.0 for month in months])
    steps[0] = 0
    return np.cumsum(steps) / steps.sum()


def logit(share: Floats | float) -> Floats:
    clipped = np.clip(share, 1e-4, 1 - 1e-4)
    return np.log(clipped / (1 - clipped))


def village_shares(curve: Curve, size: Ints, x: Floats, chance: np.random.Generator, spread: float) -> Floats:
    """(villages, months) shares whose household-weighted mean follows the commune's curve."""
    offset = chance.normal(0, spread, len(size))
    start, end = spread_over(curve.start, size, offset), spread_over(curve.end, size, offset)
    middle = 0.55 + chance.normal(0, 0.06, len(size))[:, None]
    if curve.form == "grows":
        low, high = (1 / (1 + np.exp(5 * (middle - edge))) for edge in (0.0, 1.0))
        rise = (1 / (1 + np.exp(5 * (middle - x))) - low) / (high - low)
        return start[:, None] + (end - start)[:, None] * rise
    top = spread_over(max(curve.start, curve.end) + curve.peak, size, offset)
    up, down = np.clip(x / 0.4, 0, 1), np.clip((x - 0.4) / 0.6, 0, 1)
    return start[:, None] + (top - start)[:, None] * up + (end - top)[:, None] * down


def spread_over(share: float, size: Ints, offset: Floats) -> Floats:
    """Shares per village, `offset` apart on the logit, that together make up `share` of all households."""
    low, high = -12.0, 12.0
    for _ in range(50):
        middle = (low + high) / 2
        village = 1 / (1 + np.exp(-(logit(share) + offset + middle)))
        low, high = (middle, high) if (village * size).sum() < share * size.sum() else (low, middle)
    return village


def dip(shares: Floats, months: tuple[date, ...], chance: np.random.Generator) -> None:
    """A few villages count fewer than the month before: some at any time, more in a dead month."""
    for n, month in enumerate(months):
        hit = chance.random(len(shares)) < (0.12 if is_dead(month) else 0.006)
        if 0 < n < len(months) - 1:
            shares[hit, n] *= 0.96


def household_counts(whole: Numbers) -> dict[str, Ints]:
    """(villages, months) counts of the household measures the villages' sheet asks for."""
    wanted = [c.id for c in definitions().forms.sheets["villages"].columns if c.kind == "count"]
    result = {id: np.zeros(whole.valid.shape, np.int64) for id in wanted if id.startswith("households")}
    for m in range(len(whole.months)):
        state, seat = whole.reach(m)[0], whole.seat(m)
        for id in result:
            if id in state:
                result[id][:, m] = np.bincount(seat[state[id]], minlength=len(whole.villages))
    return result


def group_counts(
    plan: CommunePlan, villages: list[Village], merged: tuple[int, ...], months: tuple[date, ...], x: Floats,
    chance: np.random.Generator,
) -> dict[str, Ints]:  # fmt: skip
    """(villages, months) of the group's measures: formed, members, trained, women, young, minority."""
    native = len(villages) - len(merged) // 2
    formed = formed_by_month(plan, native, merged, x, chance)
    size = dealt(plan.members, chance.uniform(0.7, 1.3, native), min(3, plan.members // native))
    ever = formed[:, -1]
    size = np.where(ever, size, 0) + spare(size, ever)
    ready = np.clip(chance.uniform(0.1, 0.5, native)[:, None] + x * chance.uniform(0.3, 0.9, native)[:, None], 0, 1)
    ready[chance.random(native) < 0.07] = 0
    members = formed * size[:, None]
    parts = {
        "group_women": 0.45,
        "group_young": 0.4,
        "group_minority": 1 - plan.ethnic.get(MAJORITY, 0) / plan.households,
    }
    result = {"group_formed": formed.astype(np.int64), "group_members": members}
    result["members_trained"] = np.floor(members * ready).astype(np.int64)
    for id, part in parts.items():
        result[id] = formed * chance.binomial(size, np.clip(part, 0, 1))[:, None]
    return {id: with_successor(table, merged, id) for id, table in result.items()}


def spare(size: Ints, ever: Bools) -> Ints:
    """The members of villages that never get a group, dealt to those that do."""
    extra = np.zeros(len(size), np.int64)
    extra[ever] = dealt(int(size[~ever].sum()), np.ones(int(ever.sum())))
    return extra


def with_successor(table: Ints, merged: tuple[int, ...], id: str) -> Ints:
    """The table with a row for the village that follows from the merged ones: their sum, or formed when one was."""
    if not merged:
        return table
    parts = table[list(merged)]
    return np.vstack([table, parts.max(axis=0) if id == "group_formed" else parts.sum(axis=0)])


def formed_by_month(
    plan: CommunePlan, native: int, merged: tuple[int, ...], x: Floats, chance: np.random.Generator
) -> Bools:
    """Which villages have a group in which month."""
    end = native - plan.groups.missing
    start = min(round(plan.groups.start * native), end)
    done = 1.0 if plan.groups.missing else chance.uniform(0.4, 0.9)
    count = start + np.floor((end - start) * np.clip(x / done, 0, 1) + 1e-9).astype(np.int64)
    order = np.empty(native, np.int64)
    order[chance.permutation(native)] = np.arange(native)
    order[list(merged)] = -1
    formed = order[:, None] < count
    if plan.groups.wavers:
        formed[np.argmax(order), -3:-1] = False
    return formed


def helped(whole: Numbers, chance: np.random.Generator) -> Ints:
    """Households helped in each month: none without a group, few at Tết, none any more where a group went to sleep."""
    households, formed = whole.values["households"], whole.values["group_formed"]
    busy = chance.gamma(2, 0.012, len(households))[:, None]
    calm = np.array([0.25 if is_dead(month) else 1.0 for month in whole.months])
    count = np.minimum(chance.poisson(households * busy * calm) + (chance.random(households.shape) < 0.7), households)
    asleep = chance.random(len(households)) < 0.09
    since = chance.integers(0, max(len(whole.months) - 2, 1), len(households))
    count[asleep[:, None] & (np.arange(len(whole.months)) >= since[:, None])] = 0
    return count * formed


def flows(whole: Numbers, chance: np.random.Generator) -> dict[str, Ints]:
    """(months,) of the commune's sheet: classes, people taught, feedback; parts never exceed their whole."""
    calm = np.array([0.2 if is_dead(month) else 1.0 for month in whole.months])
    classes = chance.poisson(0.6 * calm + whole.plan.villages / 25 * calm)
    taught = classes * chance.integers(18, 45, len(calm))
    received = chance.poisson(whole.plan.households / 600 * calm) * (not is_quiet(whole.plan, whole.seed))
    answered = chance.binomial(received, 0.7)
    parts = {"women_taught": 0.52, "elderly_taught": 0.17, "minority_taught": whole.minority}
    result = {"classes": classes, "people_taught": taught}
    result |= {id: chance.binomial(taught, np.clip(part, 0, 1)) for id, part in parts.items()}
    result |= {"feedback_received": received, "feedback_answered": answered}
    return result | {"feedback_forwarded": chance.binomial(received - answered, 0.8)}
