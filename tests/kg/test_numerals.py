"""Numbers of rows, measures and months, in digits and in Chinese."""

from __future__ import annotations

import pytest

from kg.plan.numerals import chinese_number, read_number

DIGITS = "零一二三四五六七八九"


def written(number: int) -> str:
    """A number below 100 as plans write it."""
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return ten + (DIGITS[ones] if ones or not tens else "")


def test_every_number_below_a_hundred_is_read() -> None:
    assert [chinese_number(written(number)) for number in range(100)] == list(range(100))


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("（3）", 3), ("十二、", 12), (" 7. ", 7), ("一百零三", 103), ("二百四十", 240)],
)
def test_an_ordinal_is_read_without_its_marks(text: str, number: int) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "一一", "十十", "十百", "百", "二一", "一万", "三点五", "工业科", "123456", "（）"]
)
def test_what_is_no_ordinal_has_no_number(text: str) -> None:
    assert read_number(text) is None
