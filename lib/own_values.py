"""The values of a reader's own file as the tables write them, where they can mean one thing only.

Numbers get a decimal point, months are written 2025-03 and days 2025-03-31; what stands for missing becomes an empty
cell. Texts are never touched. What cannot be told is refused, and what is no such value stays as it is, for the
validation to name it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite

from lib.cells import DataError, quoted

NUMBERS = ("integer", "number", "year")
DAYS = ("yearmonth", "date")
MISSING = {"", ".", "na", "nan", "nat", "<na>", "#n/a"}  # in columns of numbers and of dates, in small letters

SIGNED = re.compile(r"[+-]?(?=[.,]*\d)[\d.,]+([eE][+-]?\d+)?", re.ASCII)
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}([.,]\d{3})+", re.ASCII)
WHOLE = re.compile(r"([+-]?\d+)\.0+", re.ASCII)
THREE_ZEROS = re.compile(r"[+-]?[1-9]\d{0,2}\.000", re.ASCII)  # four, or four thousand
POWER = re.compile(r"[+-]?\d(\.\d+)?e\+?\d\d?", re.ASCII)  # as R writes 100000; Excel's E stands for lost digits

MIDNIGHT = r"(?:[T ]00:00(?::00(?:\.0+)?)?)?"
MONTHS = (
    re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d\d)-01{MIDNIGHT}", re.ASCII),
    re.compile(r"(?P<year>\d{4})/(?P<month>\d\d)(/01)?", re.ASCII),
    re.compile(r"(?P<year>\d{4})[Mm](?P<month>\d\d?)", re.ASCII),
    re.compile(r"(?P<month>\d\d)[-/](?P<year>\d{4})", re.ASCII),
)
DAY = re.compile(rf"(?P<year>\d{{4}})(?P<sign>[-/])(?P<month>\d\d)(?P=sign)(?P<day>\d\d){MIDNIGHT}", re.ASCII)
DAY_FIRST = re.compile(r"(?P<day>\d\d?)(?P<sign>[-/.])(?P<month>\d\d?)(?P=sign)(?P<year>\d{4})", re.ASCII)


@dataclass
class Column:
    """The values of one column of a file, the lines they stand on, and what they have become so far."""

    file: str
    name: str
    type: str
    values: list[object]
    lines: list[int]
    texts: list[str] = field(init=False)
    written: bool = field(init=False)  # whether any cell is a text, which may be written in several ways

    def __post_init__(self) -> None:
        """Cells as texts."""
        self.texts = [as_text(value, self.type) for value in self.values]
        self.written = any(isinstance(value, str) for value in self.values)

    def place(self, at: int) -> str:
        """File, line, column and value, as errors begin."""
        return f"{self.file}, line {self.lines[at]}, column {self.name!r}, value {quoted(self.texts[at])}"

    def cells(self) -> Iterator[tuple[int, str]]:
        """The place and text of each cell that was written as text and is not empty."""
        pairs = enumerate(zip(self.values, self.texts, strict=True))
        return ((at, text) for at, (value, text) in pairs if text and isinstance(value, str))


def as_text(value: object, type: str) -> str:
    """A value as it stands in CSV; what its type cannot hold without loss is left for the schema to refuse."""
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return ""
    if type in ("integer", "year") and isinstance(value, (float, Decimal)) and isfinite(value) and value % 1 == 0:
        return str(int(value))  # whole numbers with missing ones among them are kept as floats by many programs
    if isinstance(value, datetime.datetime) and value.time() == datetime.time() and value.tzinfo is None:
        value = value.date()
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return f"{value:%Y-%m}" if type == "yearmonth" and value.day == 1 else value.isoformat()
    return str(value)


def understand(columns: list[Column], point: bool) -> list[str]:
    """Put the texts of these columns into the form of the tables; returns what was understood, in words.

    `point` says that decimals have a point for certain. Raises `DataError`, with line, column, value and what to write
    instead, for numbers and days that can be read in two ways.
    """
    said = _missing(columns)
    numbers = [column for column in columns if column.type in NUMBERS and column.written]
    if _decimal_sign(numbers, point) == ",":
        said.append("decimal commas")
        for column in numbers:
            column.texts = [text.replace(",", ".") if SIGNED.fullmatch(text) else text for text in column.texts]
    said += _whole([column for column in numbers if column.type != "number"])
    for column in columns:
        if column.type in DAYS:
            said += _months(column) if column.type == "yearmonth" else _dates(column)
    return said


def fits(values: Iterable[object], wanted: dict) -> bool:
    """Whether these values could be those of a field whose values have a form of their own: a code, a month, a day."""
    rule = wanted.get("constraints", {})
    texts = [text for text in (as_text(value, wanted["type"]) for value in values) if text]
    if wanted["type"] in DAYS:
        forms = (*MONTHS, re.compile(r"\d{4}-\d\d"), DAY, DAY_FIRST)
        return bool(texts) and all(any(form.fullmatch(text) for form in forms) for text in texts)
    if wanted["type"] != "string" or not texts or not {"pattern", "enum"} & rule.keys():
        return False
    return all(re.fullmatch(rule.get("pattern", ".*"), text) and text in rule.get("enum", [text]) for text in texts)


def _missing(columns: list[Column]) -> list[str]:
    seen: dict[str, list[str]] = {}
    for column in columns:
        if column.type not in (*NUMBERS, *DAYS) or not column.written:
            continue
        for at, text in column.cells():
            column.texts[at] = bare = text.strip()
            if bare.casefold() in MISSING:
                column.texts[at] = ""
                if bare and column.name not in seen.setdefault(bare, []):
                    seen[bare].append(column.name)
    return [f"{quoted(sign)} stands for missing in {', '.join(names)}" for sign, names in seen.items()]


def _decimal_sign(columns: list[Column], point: bool) -> str:
    """The sign before decimals, one for the whole file. Raises `DataError` where it cannot be told."""
    signed = [
        (column, at, text)
        for column in columns
        for at, text in column.cells()
        if ("," in text or "." in text) and SIGNED.fullmatch(text)
    ]
    first = {}
    for column, at, text in signed:
        if "," in text and "." in text:
            raise DataError(f"{column.place(at)}: both a comma and a point in one number; write 1234.5")
        first.setdefault("," if "," in text else ".", (column, at))
    if len(first) == 2:
        both = (first[","], first["."])
        comma, dot = (f"{quoted(column.texts[at])} in line {column.lines[at]}" for column, at in both)
        raise DataError(
            f"{columns[0].file}: there are numbers with a comma, {comma}, and numbers with a point, {dot}; "
            "write decimals one way, and no sign between thousands"
        )
    sign = next(iter(first), ".")
    if first and not (sign == "." and point) and all(THOUSANDS.fullmatch(text) for _, _, text in signed):
        column, at = first[sign]
        what = "a comma" if sign == "," else "a point"
        raise DataError(
            f"{column.place(at)}: every number with {what} could be one of thousands, or have three decimals; write "
            "thousands without a sign, as 1234"
        )
    return sign


def _whole(columns: list[Column]) -> list[str]:
    """Whole numbers that were written with decimals, or as a power of ten, without them."""
    seen = []
    for column in columns:
        for at, text in column.cells():
            if (found := WHOLE.fullmatch(text)) and not THREE_ZEROS.fullmatch(text):
                column.texts[at] = found[1]
            elif POWER.fullmatch(text) and float(text).is_integer():
                column.texts[at] = str(int(float(text)))
            else:
                continue
            seen.append(column.values[at].strip())
    return [f"whole numbers written as {seen[0]}"] if seen else []


def _months(column: Column) -> list[str]:
    seen = []
    for at, text in column.cells():
        if found := next(filter(None, (form.fullmatch(text) for form in (*MONTHS, DAY, DAY_FIRST))), None):
            if int(found.groupdict().get("day") or 1) != 1:
                raise _not_first(column, at)
            column.texts[at] = f"{found['year']}-{int(found['month']):02}"
            seen.append(text)
    for at, text in enumerate(column.texts):
        if not isinstance(column.values[at], str) and DAY.fullmatch(text):
            raise _not_first(column, at)
    return [f"months written as {seen[0]}"] if seen else []


def _not_first(column: Column, at: int) -> DataError:
    month = " or, as in the United States, the month" if DAY_FIRST.fullmatch(column.texts[at]) else ""
    return DataError(
        f"{column.place(at)}: a month is wanted, and this is a day that is not the first of one, such as the end of a "
        f"month{month and f'; the first number is the day{month}'}; write 2025-03"
    )


def _dates(column: Column) -> list[str]:
    seen, unsure = [], []
    for at, text in column.cells():
        if found := DAY.fullmatch(text):
            column.texts[at] = f"{found['year']}-{found['month']}-{found['day']}"
            if column.texts[at] != text:
                seen.append(text)
        elif found := DAY_FIRST.fullmatch(text):
            unsure.append((at, found))
    if not unsure:
        return [f"days written as {seen[0]}"] if seen else []
    if not any(int(found["day"]) > 12 for _, found in unsure) or any(int(found["month"]) > 12 for _, found in unsure):
        at = next((at for at, found in unsure if int(found["month"]) > 12), unsure[0][0])
        raise DataError(f"{column.place(at)}: the day or the month may come first in this column; write 2025-03-31")
    for at, found in unsure:
        column.texts[at] = f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}"
    return [f"days written as {(seen + [found[0] for _, found in unsure])[0]}"]
