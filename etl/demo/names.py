"""Invents village names: unique within a commune, except where two of one name are meant."""

from definitions.spelling import fold, normalise
from etl.demo.plan import CommunePlan, dice, province


def village_names(plan: CommunePlan, count: int, seed: int) -> list[str]:
    """`count` names: wards number their "Tổ dân phố", the others have two parts, a few with a number behind."""
    if plan.is_ward:
        names = [f"{plan.prefix} số {number}" for number in range(1, count + 1)]
    else:
        names = spoken(plan, count, seed)
    if "same_name" in plan.marks:
        names[-1] = names[0]
    return names


def spoken(plan: CommunePlan, count: int, seed: int) -> list[str]:
    parts, chance = province()["names"], dice(seed, "names", plan.code)
    names: dict[str, str] = {}
    while len(names) < count:
        first, second = chance.choice(parts["first"]), chance.choice(parts["second"])
        whole = f"{plan.prefix} {first} {second}"
        if first == plan.prefix or fold(first) == fold(second):
            continue
        if chance.random() < 0.12 and len(names) < count - 1:
            for number in (1, 2):
                names.setdefault(fold(normalise(f"{whole} {number}", village=True)), f"{whole} {number}")
        else:
            names.setdefault(fold(normalise(whole, village=True)), whole)
    return list(names.values())[:count]
