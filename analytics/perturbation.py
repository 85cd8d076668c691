"""Perturbed residents: what everybody else sees instead of counts, so that two answers do not tell one resident.

Figures are sums over residents who count with random weights, as statistical offices perturb tables: the record keys of
B. Fraser and J. Wooton, "A proposed method for confidentialising tabular output to protect against differencing"
(Joint UNECE/Eurostat work session on statistical data confidentiality, Geneva 2005), in use in the Australian Bureau of
Statistics' TableBuilder. There a cell's keys choose its noise; here each resident carries its own, so that everything
still adds up. Knows no database.

A resident of b courses counts as 0, 1 or 2 residents (¼, ½, ¼), as an integer from 0 to 2b courses, each as likely, and
where b > 0 as 0, 1 or 2 buyers, drawn independently. So the expectation of each sum is the truth, and whoever sees what
one resident adds learns a lower bound of b/2 at best.

The weights are a hash of a secret of the source, the resident's number, b, and where the resident counts. Nobody's
change goes unnoticed that way: whoever moves or buys another number of courses is drawn anew. For change not to be
noticed either, each change of a source draws one resident in `_TURNS` anew, chosen by the hash, of its `VARIANTS`
weights: many cells change when one resident does, and however often one looks, no more than the mean of so few draws
comes out.

A month of birth is drawn too, and once for ever: every second resident's by chance is any of the twelve. Whoever saw
what was drawn, and knew all else, would hold one month for at most thirteen times as likely beside another as before,
whatever is answered and however often (randomised response).
"""

import secrets
from dataclasses import dataclass

import numpy as np

from analytics.arrays import Ints, Numbers
from analytics.lattice import FEWEST_BUYERS

# Both are powers of two.
_TURNS = 16
VARIANTS = 4

# PostgreSQL's expressions over a resident's columns, `bought`, and `age_now`, the number of the age group. Ages of one
# day alone, because those of two would tell who had a birthday.
_KEY = "hashint8extended(citizen_id, %(secret)s)"
_VARIANT = f"(hashint8extended((%(changes)s + ({_KEY} & {_TURNS - 1})) / {_TURNS}, {_KEY}) & {VARIANTS - 1})"
_PLACE = (
    f"hashtextextended(town, hashtextextended(channel, hashtextextended(gender, hashint4extended(age_now, {_KEY}))))"
)
HASH = f"hashint8extended(bought * {VARIANTS} + {_VARIANT}, {_PLACE})"
# Over `hash`: the weights of a resident, as integers, of which sums are quick.
RESIDENTS = "((hash & 1) + (hash >> 1 & 1))::int"
COURSES = "mod(hash >> 8 & 2147483647, 2 * bought + 1)::int"
BUYERS = "CASE WHEN bought > 0 THEN ((hash >> 2 & 1) + (hash >> 3 & 1))::int ELSE 0 END"
# Over `month` of birth, as long as it is not corrected: it, or with the chance ½ any of the twelve; and a hash for the
# weights of who counts by month, not those of who counts in a place.
_OF_MONTH = "hashint8extended(citizen_id, hashint4extended(month, %(secret)s))"
DRAWN_MONTH = f"CASE WHEN {_OF_MONTH} & 1 = 0 THEN month ELSE 1 + mod({_OF_MONTH} >> 8 & 2147483647, 12)::int END"
MONTH_HASH = f"hashint8extended(bought * {VARIANTS} + {_VARIANT}, {_OF_MONTH})"


@dataclass(frozen=True, slots=True)
class Draw:
    """Which weights residents of a source have: by its secret, and how often anything of it has changed."""

    secret: int
    changes: int


def new_secret() -> int:
    """Draws the secret of a source, as PostgreSQL's bigint holds it."""
    return secrets.randbits(63)


def plausible(residents: Ints, courses: Ints, buyers: Ints, *, small: int) -> tuple[Ints, Ints, Ints]:
    """Raises perturbed sums of people who are not small to what such people have; changes nothing of true ones."""
    residents = np.maximum(residents, small)
    buyers = np.clip(buyers, FEWEST_BUYERS, residents)
    return residents, np.maximum(courses, buyers), buyers


def noise_of_index(residents: Numbers, *, mean: float, spread: float) -> Numbers:
    """Gives the variance that the weights add to the index of groups, relative to its square.

    `mean`: courses of a resident. `spread`: the mean of b (b + 1) / 3 over the residents, which is the variance of an
    integer from 0 to 2b. Both of many groups together, or the width of an interval would tell the squares of one.
    """
    return (0.5 + spread / mean**2) / np.maximum(residents, 1)
