"""Triple differences over pairs of state and origin: known answers, size, power, and files that do not fit."""

import csv

import numpy as np
import pandas as pd
import pytest
from conftest import write_rows

from lib import data
from lib.data import DataError
from lib.effects.logchange import HALF
from lib.returns import triple

START = pd.Timestamp("2022-06-01")
DUTCH = [("NL", code) for code in triple.EUROSTAT.values()]
BEFORE = 5  # quarters before the start in Eurostat's file


def judged(table, *rest):
    return triple.triple_change(triple.Returns(table), *rest)


def counts(factors, level=100.0, later=4):
    """Pairs × quarters, `level` in each quarter before and `level` times its factor after, by (state, origin)."""
    quarters = pd.period_range("2021Q1", periods=BEFORE + later, freq="Q").to_timestamp()
    rows = [[level] * BEFORE + [level * factor] * later for factor in factors.values()]
    index = pd.MultiIndex.from_tuples(factors, names=["state", "origin"])
    return pd.DataFrame(rows, index, quarters)


def expected(table):
    """What is expected of each pair, in times."""
    state, origin = (pd.factorize(table.index.get_level_values(level))[0] for level in table.index.names)
    before, later = (table.iloc[:, part].sum(axis=1).to_numpy() for part in (slice(BEFORE), slice(BEFORE, None)))
    others = 1.0 - np.eye(len(table))
    found = triple.expected(before / BEFORE, later / (table.shape[1] - BEFORE), state, origin, others)
    return pd.Series(found, table.index)


def test_a_change_of_the_state_times_one_of_the_origin_is_expected():
    ratio = expected(counts({("A", "x"): 50, ("A", "y"): 2, ("B", "x"): 3, ("B", "y"): 1}))
    assert ratio["A", "x"] == pytest.approx(6)  # 2 · 3 / 1, whatever the pair itself did
    assert ratio["A", "y"] == pytest.approx(50 / 3) and ratio["B", "x"] == pytest.approx(25)


def grid(own=1.0):
    """Seven states, two of which double, and seven origins, two of which triple; the first pair times `own` besides."""
    factors = {
        (f"S{s}", f"O{o}"): (2 if s in (2, 4) else 1) * (3 if o in (3, 5) else 1) for s in range(7) for o in range(7)
    }
    factors["S0", "O0"] *= own
    return counts(factors)


def test_nothing_that_a_pair_does_is_expected_of_it_or_of_others_when_it_is_the_treated_one():
    for own in (1.0, 50.0):
        change = judged(grid(own), ("S0", "O0"), pd.Timestamp("2022-04-01"))
        ratio = pd.Series(change.expected * BEFORE / 4, change.units)
        assert ratio[[("S0", "O0"), ("S2", "O0"), ("S0", "O3"), ("S4", "O5")]].tolist() == pytest.approx(
            [1, 2, 3, 6], rel=0.01
        )


def test_an_effect_is_what_a_pair_has_beyond_its_state_and_its_origin():
    shaken = grid(own=4.0) * np.exp(np.random.default_rng(1).normal(0, 0.02, (49, 1)) * (np.arange(9) >= BEFORE))
    change = judged(shaken, ("S0", "O0"), pd.Timestamp("2022-04-01"))
    assert change.units[-1] == ("S0", "O0") and len(change.units) == 49
    assert np.exp(change.estimate) == pytest.approx(4, rel=0.05)
    low, high = np.exp(change.interval())
    assert 3.5 < low < 4 < high < 4.5 and change.p_value(np.log(4)) > 0.05 >= change.p_value()
    assert change.rank() == (1, 49)


def test_a_shock_of_all_of_a_state_or_of_an_origin_changes_nothing():
    rng = np.random.default_rng(2)
    shaken = (grid() * np.exp(rng.normal(0, 0.1, (49, 9)))).round()
    start, pair = pd.Timestamp("2022-04-01"), ("S0", "O0")
    later = shaken.columns >= start
    hit = shaken.copy()
    hit.loc[hit.index.get_level_values("state") == "S0", later] *= 3
    hit.loc[hit.index.get_level_values("origin") == "O0", later] *= 0.5
    found, again = (judged(table + 1000, pair, start) for table in (shaken, shaken))
    assert again.estimate == found.estimate
    moved = judged(hit * 100, pair, start).estimate
    assert moved == pytest.approx(judged(shaken * 100, pair, start).estimate, abs=0.01)
    assert HALF < 1  # of a case, which is nothing beside these


def test_the_quarter_of_the_start_counts_only_when_it_begins_with_it():
    table = grid()
    assert judged(table, ("S0", "O0"), pd.Timestamp("2022-05-01")).after.tolist() == [False] * 5 + [True] * 3
    assert judged(table, ("S0", "O0"), pd.Timestamp("2022-04-01")).after.tolist() == [False] * 5 + [True] * 4


def test_small_pairs_gaps_and_those_that_stand_alone_are_left_out():
    table = grid()
    table.loc[("S1", "O1")] = triple.FLOOR - 0.1
    table.loc[("S2", "O2"), "2021-07-01"] = np.nan
    table.loc[[("S6", f"O{o}") for o in range(4)]] = 1.0  # three are left of S6, one too few
    kept = triple.eligible(table).index
    assert not {("S1", "O1"), ("S2", "O2"), ("S6", "O6")} & set(kept)
    assert len(kept) == 49 - 2 - 7


@pytest.fixture(scope="module")
def published():
    """The shipped file as a reader's download has it: with the columns that Eurostat puts around it."""
    with (data.PACKAGE.parent / "eurostat_returns_quarter.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    around = {
        "DATAFLOW": "ESTAT:MIGR_EIRTN1(1.0)",
        "LAST UPDATE": "30/09/25 11:00:00",
        "OBS_FLAG": "",
        "CONF_STATUS": "",
    }
    return [
        {"DATAFLOW": "", "LAST UPDATE": "", **row} | around
        for row in rows
        if row["geo"] in ("NL", "BE", "DE", "FR", "SE")
    ]


def test_the_published_form_is_read_and_rows_of_parts_are_left_out(tmp_path, published):
    parts = [row | {"sex": "F"} for row in published[:18]] + [row | {"citizen": "TOTAL"} for row in published[:18]]
    parts += [row | {"geo": "EU27_2020"} for row in published[:18]]
    found = triple.load(write_rows(tmp_path / "mine.csv", [*published, *parts])).counts
    assert found.shape == (5 * len(triple.ORIGINS), 18)
    assert found.loc[("NL", "MA")].tolist() == triple.load().counts.loc[("NL", "MA")].tolist()


def returned_outside(rows):
    return [row | {"c_dest": "THRD", "OBS_VALUE": "5"} for row in rows] + rows


def test_where_not_all_states_have_those_who_went_outside_all_who_went_are_compared(tmp_path, published):
    some = [row | {"c_dest": "THRD", "OBS_VALUE": "5"} for row in published if row["geo"] in ("NL", "BE")]
    found = triple.load(write_rows(tmp_path / "mine.csv", some + published))
    assert found.destination == "TOTAL" and set(found.counts.index.get_level_values("state")) == {
        "NL", "BE", "DE", "FR", "SE"
    }  # fmt: skip
    late = [row | {"c_dest": "THRD", "OBS_VALUE": "5"} for row in published if row["TIME_PERIOD"] > "2022"]
    assert triple.load(write_rows(tmp_path / "mine.csv", late + published)).destination == "TOTAL"


def mixed(rows):
    return [row | {"c_dest": "THRD"} if row["geo"] in ("NL", "BE") else row for row in rows]


def test_states_that_have_no_destination_in_common_are_refused_and_named(tmp_path, published):
    with pytest.raises(
        DataError, match=r"mine.csv, line \d+, column 'c_dest', value 'THRD': \w\w has no TOTAL"
    ) as said:
        triple.load(write_rows(tmp_path / "mine.csv", mixed(published)))
    assert "DE, FR, SE no THRD" in str(said.value) and "download both" in str(said.value)


def test_people_who_went_outside_the_union_come_first(tmp_path, published):
    found = triple.load(write_rows(tmp_path / "mine.csv", returned_outside(published)))
    assert (found.counts == 5).all(axis=None) and found.destination == "THRD"


def no_quarter(rows):
    return [row for row in rows if row["TIME_PERIOD"] != "2023-Q2"]


def by_age(rows):
    return [row | {"age": "Y18-34"} for row in rows]


def elsewhere(rows):
    return [row | {"c_dest": "EFTA"} for row in rows]


def colon(rows):
    return [rows[0] | {"OBS_VALUE": ":"}, *rows[1:]]


def short_quarter(rows):
    return [rows[0] | {"TIME_PERIOD": "2021Q1"}, *rows[1:]]


def without_geo(rows):
    return [{name: value for name, value in row.items() if name != "geo"} for row in rows]


def twice(rows):
    return [*rows, rows[0]]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (no_quarter, ["mine.csv, line ", "'TIME_PERIOD'", "'2023-Q3'", "no row of the file is of 2023-Q2", "download"]),
        (by_age, ["mine.csv, line 2", "'age'", "'Y18-34'", "no row of the file has TOTAL", "download the totals"]),
        (elsewhere, ["mine.csv, line 2", "'c_dest'", "'EFTA'", "THRD or TOTAL", "download the totals"]),
        (colon, ["mine.csv, line 2", "'OBS_VALUE'", "':'", "or nothing; write 1234"]),
        (short_quarter, ["mine.csv, line 2", "'TIME_PERIOD'", "'2021Q1'", "pattern"]),
        (without_geo, ["mine.csv: there is no column 'geo'", "The columns have to be named"]),
        (twice, ["mine.csv, line ", "primary-key", "TIME_PERIOD '2021-Q1'"]),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_file_that_does_not_fit_is_refused_by_place_value_and_rule(tmp_path, published, spoil, said):
    with pytest.raises(DataError) as refused:
        triple.load(write_rows(tmp_path / "mine.csv", spoil(published)))
    assert not [part for part in said if part not in str(refused.value)], str(refused.value)


def test_a_pair_that_cannot_be_judged_is_named_with_what_it_lacks():
    table = triple.load().counts
    small = table.copy()
    small.loc[triple.PAIR] = 5.0
    with pytest.raises(
        triple.TripleError, match=r"NL to MA cannot be judged: a mean of 5\.0 people a quarter; it needs 10"
    ):
        judged(small, triple.PAIR, START, DUTCH)
    with pytest.raises(triple.TripleError, match="NL to XX cannot be judged: the file has no row of it"):
        judged(table, ("NL", "XX"), START, DUTCH)
    with pytest.raises(triple.TripleError, match="no quarter after 2026-01; add quarters"):
        judged(table, triple.PAIR, pd.Timestamp("2026-01-01"), DUTCH)


def test_a_blank_quarter_is_named_with_its_pair_and_line(tmp_path, published):
    own = [row["geo"] == "NL" and row["citizen"] == "MA" and row["TIME_PERIOD"] == "2022-Q4" for row in published]
    blank = [row | {"OBS_VALUE": ""} if here else row for row, here in zip(published, own, strict=True)]
    found = triple.load(write_rows(tmp_path / "mine.csv", blank))
    line = own.index(True) + 2
    with pytest.raises(triple.TripleError, match=rf"line {line}, .*value '': NL to MA has no value in 2022-Q4"):
        triple.triple_change(found, triple.PAIR, START, DUTCH)
    dropped = [row for row, here in zip(published, own, strict=True) if not here]
    with pytest.raises(triple.TripleError, match=r"^NL to MA has no row in 2022-Q4"):
        triple.triple_change(triple.load(write_rows(tmp_path / "mine.csv", dropped)), triple.PAIR, START, DUTCH)


def test_newest_quarters_that_states_lack_are_left_out_and_named():
    table = grid()
    start, pair = pd.Timestamp("2022-04-01"), ("S0", "O0")
    newest = table.columns[-1]
    for lacking in (table.index.get_level_values("state") != "S0", table.index == pair):  # the others; the pair itself
        late = table.copy()
        late.loc[lacking, newest] = np.nan
        change = judged(late, pair, start)
        assert change.cut == ("2023-Q1",) and change.counts.shape == (49, 8) and not change.gaps
    one = table.copy()
    one.loc[("S6", "O6"), newest] = np.nan  # then the pair goes, not the quarter: more is left to compare
    change = judged(one, pair, start)
    assert not change.cut and change.gaps == (("S6", "O6"),) and change.counts.shape == (48, 9)
    never = table.copy()
    never.loc[[pair], table.columns >= start] = np.nan
    with pytest.raises(triple.TripleError, match=r"no quarter after 2022-04 that S0 to O0 has too; it lacks 2022-Q2, "):
        judged(never, pair, start)


def test_a_pair_with_too_few_beside_it_is_told_so():
    table = grid()
    table.loc[[("S0", f"O{o}") for o in range(2, 6)]] = 1.0
    with pytest.raises(
        triple.TripleError, match="S0 to O0 cannot be judged: of its state and of its origin more than 3"
    ):
        judged(table, ("S0", "O0"), pd.Timestamp("2022-04-01"))


def test_the_shipped_file_is_rounded_and_comes_from_its_seed():
    shipped = data.load(triple.TABLE)
    pd.testing.assert_frame_equal(shipped, triple.simulated(2026, 28).astype(shipped.dtypes.to_dict()))
    assert (shipped["OBS_VALUE"] % 5 == 0).all()


def rejections(seeds, extra):
    """Whether the test rejects for the Dutch pair in each simulated file in which it is large enough."""
    found = []
    for seed in seeds:
        table = triple.pairs(triple.simulated(seed, extra)).counts
        if table.loc[triple.PAIR].mean() >= triple.FLOOR:
            found.append(judged(table, triple.PAIR, START, DUTCH).rejects())
    return np.array(found)


@pytest.mark.simulation
def test_without_an_effect_the_test_rejects_in_about_one_of_twenty():
    """120 files of about 250 pairs each."""
    assert rejections(range(120), 0).mean() == pytest.approx(0.05, abs=0.05)  # 2.5 standard errors


@pytest.mark.simulation
def test_small_and_large_pairs_reject_alike():
    found = []
    for seed in range(200, 225):
        table = triple.pairs(triple.simulated(seed)).counts
        others = triple.eligible(table[~table.index.isin(DUTCH)])
        change = judged(table, others.index[0], START, DUTCH)
        statistics = np.abs(change.statistics()[0])
        rank = (statistics >= statistics[:, None]).sum(axis=1) / len(statistics)
        found.append(pd.DataFrame({"size": change.sizes.to_numpy(), "rejected": rank <= 0.05}))
    found = pd.concat(found)
    by_size = found.groupby(pd.qcut(found["size"], 4))["rejected"].mean()
    assert by_size.between(0.035, 0.065).all(), by_size  # some 1,600 pairs each


@pytest.mark.simulation
def test_the_smallest_rise_that_can_be_seen_is_found_four_times_in_five():
    """In 120 files without an effect the pair's later counts are multiplied by what each file says, and rounded."""
    found = []
    for seed in range(120):
        table = triple.pairs(triple.simulated(seed)).counts
        later = table.columns > START
        if table.loc[triple.PAIR].mean() < triple.FLOOR + 1:
            continue
        times = judged(table, triple.PAIR, START, DUTCH).detectable
        assert times > 1
        table.loc[[triple.PAIR], later] = (table.loc[[triple.PAIR], later] * times / 5).round() * 5
        found.append(judged(table, triple.PAIR, START, DUTCH).rejects())
    assert np.mean(found) == pytest.approx(0.8, abs=0.09)  # 2.2 standard errors of about 100 files
