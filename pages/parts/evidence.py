"""What stands behind a commune's figures: printed figures beside them, questions, cells, files."""

from datetime import date
from functools import partial

from definitions.load import definitions, target_indicator
from exports import tables
from metrics import deliveries, printed
from pages.parts import take
from pages.parts.scope import may_leave, scope
from pages.parts.view import View


def show(view: View, unit: str, target: str, month: date | None) -> None:
    """Each folded away; `month` is the one of the figure, None where there is none."""
    version, lang = view.version, view.lang
    found = printed.printed(version, unit)
    if len(found):
        note = view.say("definitions.printed_note")
        take.folded_table(view, view.say("definitions.printed"), lambda: tables.printed_figures(found, lang), (note,))
    if unit in deliveries.asked(version):
        asked = partial(deliveries.questions, version, unit, scope=scope(view, unit))
        leave = lambda: not asked()["is_breakdown"].any() or may_leave(view, unit)  # noqa: E731
        title = view.say("commune.questions")
        take.folded_table(view, title, lambda: tables.questions(asked(), lang), may_leave=leave)
    if month is not None:
        measure, hint = definitions().indicators[target_indicator(target)].numerator, view.say("commune.cells_hint")
        cells = lambda: tables.cells(deliveries.cells(version, measure, unit, month), lang)  # noqa: E731
        take.folded_table(view, view.say("commune.cells"), cells, (hint,))
    files = lambda: tables.deliveries(deliveries.deliveries(version, unit), lang)  # noqa: E731
    take.folded_table(view, view.say("deliveries.list"), files)
