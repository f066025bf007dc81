"""Which figures this reader may see: one place decides, every page and download asks it."""

import os
from typing import Literal

from pages.parts.view import View

Scope = Literal["exact", "protected"]


def scope(view: View) -> Scope:
    """Exact figures for those who may see them, the protected ones for everybody else.

    Until there are accounts it is a setting of the server, CHI_TIEU_SO_SCOPE; whatever is not "exact" is protected.
    """
    return "exact" if os.environ.get("CHI_TIEU_SO_SCOPE") == "exact" else "protected"
