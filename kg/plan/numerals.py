"""Numbers as plans write them: 12, （3）, 十二、, 第二十三."""

from __future__ import annotations

import re
from functools import lru_cache

_CHINESE = re.compile(r"[零一二三四五六七八九十百]+")
_DIGITS = 5
"""A longer number counts no rows."""


def read_number(text: str) -> int | None:
    """The number of an ordinal cell: 12, （3）, 十二、 — or ``None`` where it holds anything else."""
    digits = text.strip("（()）.．、 \t\n")
    if digits.isdecimal():
        return int(digits) if len(digits) <= _DIGITS else None
    return chinese_number(digits)


@lru_cache(maxsize=1024)
def chinese_number(text: str) -> int | None:
    """The number that a Chinese numeral writes, 0 to 999; ``None`` where it is none (一一, 十十)."""
    if not _CHINESE.fullmatch(text):
        return None
    # It loads as long as a short plan takes to be read, and many plans write digits alone.
    from cn2an import cn2an

    try:
        # Strict, because otherwise 二一 were 21, and some that are no numerals raise other errors.
        return int(cn2an(text, "strict"))
    except ValueError:
        return None
