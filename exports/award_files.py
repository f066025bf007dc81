"""What of a round leaves its page: the points for other software, and the council's papers in one file."""

import csv
import io
import zipfile

from etl.award_stages import digest
from exports import award_papers, workbook
from exports.award_round import Round
from metrics import units

HEADS = (
    "sheet", "state", "cut_off", "commune", "name", "cluster", "criterion", "label", "group", "kind", "maximum",
    "points", "counts_as", "reason", "stage", "version", "rules_sha256",
)  # fmt: skip


def points_csv(of: Round) -> bytes:
    """UTF-8 with BOM, commas, decimal points; points and maximum empty where the criterion does not apply or none are
    known; no cell can be a formula.
    """
    names, rules = units.names(of.version), of.rules
    labels = {one.id: one.label.vi for one in rules.criteria}
    about, tail = (rules.id, of.state, rules.cut_off), (of.version.id, digest(rules))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADS)
    for line in of.scored.lines.sort("commune", maintain_order=True).iter_rows(named=True):
        commune, criterion = line["commune"], line["criterion"]
        stages = list(of.stages.get((commune, criterion), {}))
        maximum = None if line["state"] == "not_applicable" else line["maximum"]
        row = (*about, commune, names.get(commune, ""), line["cluster"].removeprefix("cluster:"), criterion,
               labels[criterion], line["group"], line["kind"], maximum, line["points"], line["state"], line["reason"],
               stages[-1] if stages else "", *tail)  # fmt: skip
        writer.writerow([workbook.plain(value, "text") for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def papers_zip(of: Round, lang: str) -> bytes:
    """Every paper of the council, as docx and as PDF."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in award_papers.papers(of, lang):
            archive.writestr(name, content)
    return out.getvalue()
