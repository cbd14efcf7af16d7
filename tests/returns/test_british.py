"""British returns as a place without the policy: starts by quarter, and shares of what each method calls an effect."""

import pandas as pd
import pytest

from lib.returns import british

TABLE = pd.DataFrame(
    [
        ("Albania", "2015-10", 99), ("Albania", "2016-01", 5), ("Albania", "2023-01", 40), ("Morocco", "2016-04", 7),
        ("Nowhere", "2015-10", 3), ("France", "2022-04", 2), ("France", "2023-04", 1),
    ],
    columns=["nationality", "quarter", "enforced"],
).astype({"quarter": "datetime64[ns]"})  # fmt: skip
STARTS = pd.to_datetime(
    pd.Series({"EGY": "2023-05", "IRQ": "2024-07", "MAR": "2022-06", "NGA": "2023-04", "TUR": "2022-10"})
)


def test_starts_are_the_first_full_quarter_and_missing_counts_are_zero():
    uk = british.british(TABLE, STARTS.drop("EGY"))
    assert uk.starts.dt.strftime("%Y-%m").to_dict() == {
        "Albania": "2023-01", "Morocco": "2022-07", "Nigeria": "2023-04", "Turkey": "2022-10",
    }  # fmt: skip
    assert uk.untried == ("Iraq",) and uk.dutch == ["Morocco", "Nigeria", "Turkey"]
    assert uk.counts.columns.min() == pd.Timestamp("2016-01-01") and "Nowhere" not in uk.counts.index
    assert uk.counts.loc["France"].tolist() == [0.0, 0.0, 2.0, 0.0, 1.0]


def with_placebos(called, thirds):
    """British returns of which only the placebos are known: one for each word of `called` (methods that call it)."""
    uk = british.British(pd.DataFrame(), pd.Series(dtype="datetime64[ns]"))
    table = pd.DataFrame({method: [method in words for words in called] for method in british.METHODS})
    uk.__dict__["placebos"] = table.assign(third=thirds)  # what is cached
    return uk


def test_shares_of_what_each_method_calls_an_effect_by_size():
    small, middle, large = british.THIRDS
    called = [["clustered"], ["clustered", "scaled"], ["clustered"], [], ["clustered", "levels"], ["log change"]]
    uk = with_placebos(called, [small, small, middle, middle, large, large])
    assert uk.false_alarms["clustered"] == pytest.approx(4 / 6) and uk.false_alarms["levels"] == pytest.approx(1 / 6)
    shares = uk.by_size().set_index(["third", "method"])["share"]
    assert shares[small, "Usual error"] == 1.0 and shares[small, "Ranked: scaled"] == 0.5
    assert shares[middle, "Ranked: log change"] == 0.0 and shares[large, "Ranked: log change"] == 0.5
    assert uk.by_size()["third"].drop_duplicates().tolist() == [small, middle, large]


@pytest.mark.parametrize(
    "rank, adjusted, expected", [((5, 181), 0.87, True), ((10, 181), 0.87, False), ((5, 181), 0.04, False)]
)
def test_the_method_does_as_it_should_when_only_the_known_change_is_found(rank, adjusted, expected):
    class Known:
        def rank(self):
            return rank

    uk = british.British(pd.DataFrame(), pd.Series(dtype="datetime64[ns]"))
    uk.__dict__.update(tests={british.KNOWN: Known()}, adjusted=pd.Series({"Morocco": adjusted, "Turkey": 0.9}))
    assert uk.as_known == expected
