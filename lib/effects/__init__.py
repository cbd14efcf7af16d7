"""Estimators for panels of countries and months, and inference where one country is treated.

They take tables and give tables or numbers. Nothing here knows of return, of the report or of its claims.

>>> from lib.effects.long import from_long  # a row for each country and period; from_wide: a column for each period
>>> from lib.effects.placebo import placebo_test  # then placebo_test(outcome, starts, "C10").interval()

Where to read on: `lib.effects.long` reads a file, `lib.effects.placebo` tests one treated country, holds several
together and inverts the test into an interval, `lib.effects.did` has the regression and its event study,
`lib.effects.grouptime` groups that start at different times, `lib.effects.synthetic` a weighted comparison,
`lib.effects.robustness` what a result depends on, `lib.effects.checks` what every one of them asks of its input. The
page *The code* of the book has an example from a file to its result.
"""
