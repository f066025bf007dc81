"""The groups a province's equity measures may be taken over: the large ones, all others as one."""

import numpy as np
from numpy.typing import NDArray

from methods.protect import primary

LARGE = 100  # households


def pooled(values: NDArray[np.int64], shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which categories of values[category, measure] go into "others"; measure 0 is the denominator.

    Those of fewer than 100 households, those with any count that is not shown (shown[category, measure]), and then the
    smallest large ones until the pool itself breaks no rule of protection. The pool is the total less the categories
    that stand alone, all of them shown: it tells nothing new. Source: methods.md section 4, rule of this product.
    """
    pool = (values[:, 0] < LARGE) | ~shown.all(axis=1)
    for category in np.argsort(values[:, 0], kind="stable"):
        together = values[pool].sum(axis=0)
        if together[0] == 0 or not primary(together[None, None, :]).any():
            break
        pool[category] = True
    return pool
