"""What staff of two ministries answered in the report's survey: who named an aim, and the marks they gave."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from lib.measures import intervals
from lib.prose import in_words, number, percent

PASS, LOWEST = 6, 1  # a pass in Dutch marks; marks begin at one


@dataclass(frozen=True)
class Aim:
    """Protecting migrants, as an aim that two ministries named: their counts, and what another footnote prints.

    `printed` and `printed_justice` are whole percents; the second is for a ministry of another name.
    """

    foreign: intervals.Share
    migration: intervals.Share
    printed: int
    printed_justice: int

    @property
    def rows(self) -> pd.DataFrame:
        """A row for each ministry: `said` (its count in words), `percent`, `low`, `high` and `footnote_68`."""
        both = {"Foreign Affairs": self.foreign, "Asylum and Migration": self.migration}
        rows = [
            (name, f"{one.count} of {one.of}", 100 * one.share, 100 * one.low, 100 * one.high)
            for name, one in both.items()
        ]
        table = pd.DataFrame(rows, columns=["ministry", "said", "percent", "low", "high"])
        return table.assign(footnote_68=[self.printed, None])

    def numbers(self) -> dict[str, object]:
        """What a text says of it. Raises `ValueError` when its words for these counts would not hold any more."""
        foreign, migration = self.foreign, self.migration
        behind = intervals.counts_behind(self.printed_justice, migration.of)
        just_over_half = 0.5 < migration.share < 0.55
        if (
            (migration.count, migration.of) in behind
            or not just_over_half
            or self.printed != round(100 * foreign.share)
        ):
            raise ValueError("the text on footnotes 68 and 89 no longer holds")
        low, high = intervals.difference(foreign, migration)
        return {
            "foreign_count": f"{foreign.count} of {foreign.of}",
            "foreign_share": percent(foreign.share),
            "migration_count": f"{migration.count} of {migration.of}",
            "migration_share": percent(migration.share),
            "migration_half": "just over half",
            "gap_points": number(100 * (foreign.share - migration.share)),
            "gap_range": f"{number(100 * low)} to {number(100 * high)}",
            "gap_p": number(intervals.differ(foreign, migration), 3),
            "both_bases": foreign.of + migration.of,
            "printed_foreign": f"{self.printed}%",
            "printed_justice": f"{self.printed_justice}%",
            "prints": in_words([f"{count} of {of}" for count, of in behind]),
        }


def protection_aim(answers: pd.DataFrame) -> Aim:
    """Who named protecting migrants, from `survey_scores` indexed by item."""
    counted = (answers.loc[f"protection_is_aim_{side}", ["value", "of"]] for side in ("foreign_affairs", "migration"))
    printed = (int(answers.at[f"protection_is_aim_{side}_percent", "value"]) for side in ("foreign_affairs", "justice"))
    return Aim(*(intervals.share(*one) for one in counted), *printed)


def marks(answers: pd.DataFrame) -> dict[str, object]:
    """What a text says of the marks, from `survey_scores` indexed by item.

    `passing` is the largest share that can have given `pass_mark` or more: the mean is rounded to whole points, and
    marks are whole and begin at one.
    """
    score, foreign, justice = (
        answers.loc[item, ["value", "of"]]
        for item in (
            "cooperation_between_ministries",
            "whole_of_government_foreign_affairs",
            "whole_of_government_justice",
        )
    )
    most = min(1, (score["value"] + 0.5 - LOWEST) / (PASS - LOWEST))
    return {
        "score": f"{score['value']:g}",
        "score_of": f"{score['of']:g}",
        "pass_mark": PASS,
        "passing": percent(most),
        "filled_in": answers.at["respondents", "value"],
        "whole_foreign": f"{foreign['value']:g}",
        "whole_justice": f"{justice['value']:g}",
        "whole_of": f"{justice['of']:g}",
        "whole_gap": number(abs(justice["value"] - foreign["value"]), 1),
    }
