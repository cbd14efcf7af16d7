"""What could be seen: the rise that a partnership's months would show, and the fall that a trial would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from lib.effects import power
from lib.measures.departures import before_start


def rises(
    departures: pd.DataFrame,
    starts: pd.Series,
    months: Mapping[str, int],
    also: Iterable[int],
    found: float,
    level: float,
) -> pd.DataFrame:
    """The smallest rise a month that a placebo test finds at `level` with probability `found`: country × months after.

    `departures` are countries × months, `starts` the first month of each partnership by country, and `months` how many
    have passed since it; besides these, `also` are asked. The noise is that of the countries without a partnership.
    Raises what `lib.effects.power.smallest_detectable` raises.
    """
    sizes = before_start(departures, starts, months.keys())
    donors = departures.drop(index=starts.index, errors="ignore")
    asked = sorted({*also, *months.values()})
    seen = power.smallest_detectable(donors, sorted(set(sizes)), asked, power=found, level=level)
    by_size = seen.pivot(index="size", columns="months_after", values="effect")
    return by_size.loc[sizes].set_axis(sizes.index)  # by name: two countries may have the same size


def trial(share: float, points: Iterable[int], designs: Mapping[str, float], found: float) -> pd.DataFrame:
    """People in each of two arms who show, with probability `found`, that a share fell: rows points, kind, people.

    `points` are the percentage points that it falls, `designs` the design effect by the kind of trial. Raises what
    `lib.effects.power.people_per_arm` raises.
    """
    falls = list(points)
    rows = [
        (fall, kind, power.people_per_arm(share, share - fall / 100, effect, power=found))
        for kind, effect in designs.items()
        for fall in falls
    ]
    return pd.DataFrame(rows, columns=["points", "kind", "people"])
