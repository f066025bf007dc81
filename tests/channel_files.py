"""Files of channels' figures as platforms let them be downloaded and officers type them, written by hand."""

import csv
import io
from collections.abc import Sequence

from definitions.channels import channels

BAT_XAT, PROVINCE = (channels("demo")[id].account for id in ("fb-02683", "fb-15"))
# The header of an export of March 2026: 33 columns, some always empty.
CONTENT = (
    "Post ID", "Page ID", "Page name", "Title", "Description", "Duration (sec)", "Publish time", "Caption type",
    "Permalink", "Is crosspost", "Is share", "Post type", "Languages", "Custom labels", "Funded content status",
    "Data comment", "Date", "Views", "Reach", "Reactions, Comments and Shares", "Reactions", "Comments", "Shares",
    "Total clicks", "Photo Views", "Other Clicks", "Link Clicks", "Seconds viewed", "Average Seconds viewed",
    "Estimated earnings (USD)", "Negative feedback from users: Hide all",
)  # fmt: skip
POST = {
    "Post ID": "122158004467012345", "Page ID": BAT_XAT, "Page name": "Mặt trận xã Bát Xát",
    "Title": "Ra quân hướng dẫn cài VNeID",
    "Description": "Ra quân hướng dẫn cài VNeID,\ntại thôn Mường Vi: \"đi từng ngõ\"",
    "Publish time": "03/14/2026 19:30", "Permalink": "https://www.facebook.com/900000000002683/posts/1",
    "Post type": "Photos", "Date": "Lifetime", "Views": "5410", "Reach": "3120",
    "Reactions, Comments and Shares": "231", "Reactions": "180", "Comments": "37", "Shares": "14",
    "Total clicks": "402",
}  # fmt: skip


def post(**changed: str) -> dict[str, str]:
    """A row of the content export; names with blanks are given with underscores: Post_ID="1"."""
    return POST | {name.replace("_", " "): value for name, value in changed.items()}


def content(*posts: dict[str, str], header: Sequence[str] = CONTENT, delimiter: str = ",") -> bytes:
    """A content export: UTF-8 with its mark, every cell quoted."""
    page = io.StringIO(newline="")
    writer = csv.writer(page, quoting=csv.QUOTE_ALL, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([[one.get(name, "") for name in header] for one in posts])
    return page.getvalue().encode("utf-8-sig")


def daily(blocks: dict[str, dict[str, str]], header: tuple[str, str] = ("Date", "Primary")) -> bytes:
    """A daily export of a page: UTF-16 with its mark; title of a metric -> day -> value."""
    lines = ["sep=,"]
    for title, days in blocks.items():
        lines += [f'"{title}"', ",".join(f'"{name}"' for name in header)]
        lines += [f'"{day}T00:00:00","{value}"' for day, value in days.items()] + [""]
    return "\n".join(lines).encode("utf-16")
