"""From one level to another in named steps."""

from collections.abc import Sequence
from typing import NamedTuple

from charts import marks
from charts.theme import ACCENT, BAND, FAINT, INK, LABEL, QUIET, SMALL, wrap
from definitions import format

HIGH = 190
GAP = SMALL * 1.4


class Step(NamedTuple):
    """One bar: what it is and its size as a share, a level of its own or a change from the bar before."""

    name: str
    value: float
    is_level: bool = False


def svg(steps: Sequence[Step], *, title: str, desc: str = "", width: float = 480, lang: str = "vi") -> str:
    """The steps from left to right: levels stand on zero, changes hang between; each with its figure and its name."""
    head, top = marks.heading(title, width)
    spans, reached = [], 0.0
    for step in steps:
        start = 0.0 if step.is_level else reached
        reached = start + step.value
        spans.append((start, reached))
    low, high = min(0.0, *(min(span) for span in spans)), max(0.01, *(max(span) for span in spans))
    upper, lower = top + 24, top + 24 + HIGH

    def y(share: float) -> float:
        return lower - (share - low) / (high - low) * (lower - upper)

    wide, foot = width / len(steps), lower + 16
    parts = [head, marks.line((0, y(0)), (width, y(0)), FAINT)]
    for i, (step, span) in enumerate(zip(steps, spans, strict=True)):
        parts.append(bar(step, i * wide, wide, y(span[0]), y(span[1]), lang))
        parts += [
            marks.text((i + 0.5) * wide, foot + j * GAP, line, SMALL, QUIET, "middle")
            for j, line in enumerate(wrap(step.name, wide - 6, SMALL))
        ]
        if i + 1 < len(steps):
            parts.append(marks.line(((i + 0.82) * wide, y(span[1])), ((i + 1.18) * wide, y(span[1])), QUIET, 1, "2 3"))
    deepest = max(len(wrap(step.name, wide - 6, SMALL)) for step in steps)
    return marks.svg("".join(parts), width, lower + 8 + deepest * GAP, title, desc)


def bar(step: Step, left: float, wide: float, start: float, end: float, lang: str) -> str:
    """One bar between two heights with its figure above it."""
    figure = format.percent(step.value, 1, lang) if step.is_level else format.points(step.value, lang)
    fill, stroke = (ACCENT, None) if step.is_level else (BAND, ACCENT)
    upper, high = min(start, end), max(1.5, abs(start - end))
    said = marks.tip(f"{step.name}: {figure}")
    drawn = marks.rect(left + wide * 0.18, upper, wide * 0.64, high, fill, stroke, said)
    return drawn + marks.text(left + wide / 2, upper - 5, figure, LABEL, INK, "middle", True)
