"""The public record: what documents have for a claim, one row a source, the newest first where they conflict."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def otherwise(rows: pd.DataFrame, verdicts: Sequence[str]) -> str:
    """The sources of one claim that speak otherwise than the first, which decides: "8000 (El País, 2021-05)".

    `rows` are the claim's rows of `public_record` in the order of the table, `verdicts` what each would make of the
    claim. Empty where all speak alike. Raises `ValueError` where sources conflict and the first is not the newest of
    them, as far as their dates tell, or one of them has no date.
    """
    spoken = zip(rows.to_dict("records"), verdicts, strict=True)
    conflicting = [row for row, verdict in spoken if verdict != verdicts[0]]
    for row in conflicting:
        dates = [rows["date"].iloc[0], row["date"]]
        if any(pd.isna(date) for date in dates):
            raise ValueError(f"{row['claim']}: its sources conflict, and one of them has no date")
        first, other = (date.split("/")[-1] for date in dates)
        known = min(len(first), len(other))
        if first[:known] < other[:known]:
            raise ValueError(f"{row['claim']}: its sources conflict, and the first is older than {row['publisher']}")
    return "; ".join(f"{row['value']} ({row['publisher']}, {row['date']})" for row in conflicting)
