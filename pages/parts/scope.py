"""Which figures this reader may see; every page and download asks here, and definitions/roles.toml decides."""

from definitions.roles import sees_exact
from metrics.slices import Scope
from pages.parts.view import View


def scope(view: View, unit: str = "") -> Scope:
    """Exact counts of groups for those who may see them, the protected ones for everybody else."""
    return "exact" if sees_exact(unit) else "protected"
