"""What is worked out and drawn behind a version's first reader, so that the next ones need not wait for it."""

import threading
from datetime import date
from functools import lru_cache
from itertools import product

from charts.theme import NARROW
from definitions import asked
from definitions.award_rules import sheets
from definitions.load import definitions
from etl.store import Root
from exports import award_round, award_words, drawings
from exports import equity as gaps
from metrics import equity, targets, units
from warehouse.version import Version

PAUSE = 0.02  # seconds between two of those drawn in advance: readers come first
WORKING = threading.Lock()
CLOSING = threading.Event()  # set when the server ends: a thread still at work then would abort the process


@lru_cache(maxsize=4)
def prepare(root: Root, version: Version, today: date, lang: str) -> None:
    """What every commune's page shows, what is told of gaps in the province, who changes under another wording of
    access, and the questions of the awards: a second or two of work, kept.
    """
    threading.Thread(target=_work, args=(root, version, today, lang)).start()


def _work(root: Root, version: Version, today: date, lang: str) -> None:
    with WORKING:
        for unit in units.communes(version)["unit"]:
            if CLOSING.wait(PAUSE):
                return
            for target in definitions().targets:
                drawings.path(version, target, unit, today, lang)
            drawings.rungs(version, unit, lang)
            drawings.platform_dots(version, unit, lang)
        for indicator, among in product(asked.by_group(), equity.AMONG):
            if CLOSING.wait(PAUSE):
                return
            _tell_gap(version, indicator, among, lang)
        for target in targets.of_access():
            if CLOSING.wait(PAUSE):
                return
            targets.wording_changes(version, target, today)
        for sheet in award_round.in_use(root, sheets()):
            if CLOSING.wait(PAUSE):
                return
            _ask(root, version, sheet, today)


def _tell_gap(version: Version, indicator: str, among: str, lang: str) -> None:
    """What a reader of protected figures is told of the province's last month."""
    month, unit = gaps.last_month(version, indicator), definitions().province.code
    if told := month and gaps.told(version, indicator, among, unit, month, "protected", lang):
        for width in (drawings.WIDE, NARROW):
            drawings.side_by_side(version, indicator, among, unit, month, "protected", lang, width)
            for measure in told.measures[:1]:
                drawings.over_time(version, indicator, among, unit, measure, "protected", lang, "", width)


def _ask(root: Root, version: Version, sheet: str, today: date) -> None:
    """The points of a sheet in use and its questions, up to its cut-off: that day's figures take a build."""
    final = award_round.cut_off_in_use(root, sheet)
    if final and today <= final:
        award_words.asked(award_round.known_round(root, version, sheets()[sheet], today))
