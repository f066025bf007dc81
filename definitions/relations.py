"""What holds between the counts of one cell by what they mean: parts, overlaps, unions."""

from collections.abc import Sequence

from definitions.load import definitions

HOUSEHOLDS = "households"
Relation = dict[str, int]  # measure -> coefficient; the weighted sum is at most 0


def relations(measures: Sequence[str]) -> list[Relation]:
    """Everything anybody may know of these measures of the same households, as weighted sums that are at most 0.

    A part is at most its whole. The overlap of two is at most either and at least what they exceed all households by.
    Households with any platform are at most those of all platforms added up.
    """
    known = {id: definitions().measures[id] for id in measures}
    found = [{id: 1, whole: -1} for id in known if (whole := _whole(id, known))]
    for id, measure in known.items():
        if measure.both_of and {HOUSEHOLDS, *measure.both_of} <= known.keys():
            found += [{id: 1, one: -1} for one in measure.both_of]
            found.append({**dict.fromkeys(measure.both_of, 1), id: -1, HOUSEHOLDS: -1})
    for union in {m.of for m in known.values() if m.platform and m.of in known}:
        found.append({union: 1} | {id: -1 for id, m in known.items() if m.platform and m.of == union})
    return found


def _whole(id: str, known: dict) -> str:
    """The nearest measure among those known that this one is a part of, "" where there is none."""
    of = definitions().measures[id].of
    while of and of not in known:
        of = definitions().measures[of].of
    return of
