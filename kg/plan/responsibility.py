"""Who is responsible: units in a cell, or in the bracket at the end of a measure.

Notations seen in the field: （责任单位：甲、乙）, 责任单位:甲，乙 on a line of its own, （甲、乙负责）,
（甲牵头，乙配合）, （牵头单位：甲；配合单位：乙）. The words are data, in ``plan.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kg.knowledge import Knowledge, alternatives
from kg.model import Role

Unit = tuple[str, Role, int, int]
"""(name, part, start, end) with offsets into the text that was given."""


@dataclass(frozen=True, slots=True)
class Notation:
    """Where a measure says who is responsible: the whole notation, the units inside, the remark.

    ``remark`` is what the bracket adds for this measure and, with 下同, for those that follow.
    """

    start: int
    end: int
    units: tuple[Unit, ...]
    remark: str = ""


@dataclass(frozen=True)
class UnitLexicon:
    """The words of ``plan.toml``, compiled."""

    labels: re.Pattern[str]
    support_label: frozenset[str]
    bracket: re.Pattern[str]
    line: re.Pattern[str]
    lead_ending: re.Pattern[str]
    support_ending: re.Pattern[str]
    tail: re.Pattern[str]
    unit_endings: tuple[str, ...]
    heads: tuple[str, ...]
    remark: re.Pattern[str]
    first_leads: re.Pattern[str]

    @staticmethod
    def of(knowledge: Knowledge) -> UnitLexicon:
        """From the table ``responsibility`` of ``plan.toml``."""
        words = knowledge.plan["responsibility"]
        labels = alternatives([*words["lead"], *words["support"]])
        endings = alternatives([*words["lead_endings"], *words["support_endings"]])
        tails = alternatives(words["tails"])
        notes = alternatives(words["notes"])
        inside = rf"(?:(?!{notes})[^（）()。；：:])*(?:[（(][^（）()]*[）)][^（）()]*)*"
        return UnitLexicon(
            re.compile(rf"(?P<label>{labels})\s*[：:]\s*"),
            frozenset(words["support"]),
            re.compile(
                rf"[（(](?P<units>(?:{labels})\s*[：:][^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*|"
                rf"{inside}(?:{endings}))(?:[，,](?:{notes})[^（）()]*)?[）)]"
            ),
            re.compile(
                rf"^[^\S\n]*(?P<units>(?:{labels})\s*[：:][^\n]*?)(?=[ \t\u3000]\S{{6,}}|$)", re.MULTILINE
            ),
            re.compile(rf"(?:{tails})?(?:{alternatives(words['lead_endings'])})$"),
            re.compile(rf"(?:{tails})?(?:{alternatives(words['support_endings'])})$"),
            re.compile(rf"(?:{tails})?[（(](?:{notes})[^（）()]*[）)]$|(?:{tails})$"),
            tuple(words["unit_endings"]),
            tuple(words["heads"]),
            re.compile(rf"(?:{notes})[^（）()]*"),
            re.compile(rf"(?:{alternatives(words['first'])}).*牵头"),
        )


def find_notation(text: str, lexicon: UnitLexicon) -> Notation | None:
    """The last notation of responsibility in a measure, or ``None``."""
    found = [*lexicon.bracket.finditer(text), *lexicon.line.finditer(text)]
    for match in sorted(found, key=lambda m: (m.end(), m.start()), reverse=True):
        units = tuple(units_in(match.group("units"), match.start("units"), lexicon))
        if units:
            remark = lexicon.remark.search(match.group())
            return Notation(match.start(), match.end(), units, remark.group() if remark else "")
    return None


def first_leads(units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """The units of a list whose first leads and whose others take part (列第一位者为牵头单位)."""
    if any(role == "support" for _, role, _, _ in units):
        return units
    return (*units[:1], *((name, "support", start, end) for name, _, start, end in units[1:]))


def units_in(text: str, offset: int, lexicon: UnitLexicon, role: Role = "lead") -> Iterator[Unit]:
    """The units that a cell or the inside of a notation lists, with their parts."""
    labels = list(lexicon.labels.finditer(text))
    if labels:
        # 甲科（配合单位：乙局）: what stands before the first label plays the part of its column.
        yield from _clauses(text, 0, labels[0].start(), offset, lexicon, role)
        for label, following in zip(labels, [*labels[1:], None], strict=True):
            part: Role = "support" if label.group("label") in lexicon.support_label else "lead"
            end = following.start() if following else len(text)
            yield from _clauses(text, label.end(), end, offset, lexicon, part, labelled=True)
        return
    yield from _clauses(text, 0, len(text), offset, lexicon, role)


def _clauses(
    text: str, start: int, end: int, offset: int, lexicon: UnitLexicon, role: Role, labelled: bool = False
) -> Iterator[Unit]:
    """Units of a stretch, a clause that ends in 牵头 or 配合 deciding the part of its units.

    What a label has given its part keeps it when a new clause begins (责任单位：甲、乙；丙配合).
    """
    pending: list[tuple[str, int, int]] = []
    for a, b in _joined(text, _pieces(text, start, end, lexicon.unit_endings)):
        a += next((len(head) for head in lexicon.heads if text.startswith(head, a, b)), 0)
        if labelled and text[:a].rstrip().endswith(("，", ",", "；", ";")):
            yield from ((name, role, x, y) for name, x, y in pending)
            pending = []
        piece = text[a:b]
        closing: tuple[re.Match[str], Role] | None = None
        for pattern, part in ((lexicon.support_ending, "support"), (lexicon.lead_ending, "lead")):
            if match := pattern.search(piece):
                closing = (match, part)  # type: ignore[assignment]
                break
        stop = a + closing[0].start() if closing else b
        if tail := lexicon.tail.search(text[a:stop]):
            stop = a + tail.start()
        for x, y in _split_and(text, a, stop):
            pending += [(text[u:v], u + offset, v + offset) for u, v in _bracketed(text, x, y, lexicon)]
        if closing:
            yield from ((name, closing[1], x, y) for name, x, y in pending)
            pending = []
    yield from ((name, role, x, y) for name, x, y in pending)


def _pieces(text: str, start: int, end: int, endings: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Stretches between separators that stand outside brackets, trimmed.

    White space separates only behind a whole unit: a wrapped cell breaks names anywhere.
    """
    depth, begin = 0, start
    for i in range(start, end + 1):
        character = text[i] if i < end else "、"
        depth += (character in "（(") - (character in "）)")
        space = character in "\n\t \u3000" and text[begin:i].rstrip().endswith(endings)
        if i == end or (depth <= 0 and (space or character in "、，,；;。")):
            a, b = begin, i
            while a < b and text[a] in " \n\t\u3000":
                a += 1
            while b > a and text[b - 1] in " \n\t\u3000":
                b -= 1
            if b > a:
                yield a, b
            begin = i + 1


def _bracketed(text: str, start: int, end: int, lexicon: UnitLexicon) -> Iterator[tuple[int, int]]:
    """甲科（乙办）: a unit in brackets behind a unit is one by itself; an open bracket belongs to none."""
    match = _UNIT_IN_BRACKETS.fullmatch(text, start, end)
    inner = match.group("inner") if match else ""
    if match and inner.endswith(lexicon.unit_endings) and len(inner) > _RANKS and "、" not in inner:
        yield match.span("outer")
        yield match.span("inner")
        return
    while end > start and (text[end - 1] in "（(" or _unclosed(text, start, end)):
        end -= 1
    if end > start:
        yield start, end


def _unclosed(text: str, start: int, end: int) -> bool:
    last = text[end - 1]
    return last in "）)" and sum(text.count(c, start, end) for c in "（(") < sum(
        text.count(c, start, end) for c in "）)"
    )


_UNIT_IN_BRACKETS = re.compile(r"(?P<outer>[^（）()]{2,})[（(](?P<inner>[^（）()]+)[）)]")
_RANKS = 3
"""Characters of the longest thing in brackets that is but ranks: 各县（市区）政府."""
_RANK = re.compile(r"各?(?:设区)?[省市县区州盟旗]|各?(?:地|自治[区州]|直辖市)")
_FURTHER_RANK = re.compile(
    r"(?:[县区市州旗]|自治[区州县]|直辖市)(?:[（(〔\[].*[）)〕\]])?(?:$|人民政府|政府)"
)


def _joined(text: str, pieces: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """各市、县〔区〕人民政府 is one unit: ranks of the governments behind them."""
    begun: tuple[int, int] | None = None
    for start, end in pieces:
        if begun and _FURTHER_RANK.match(text[start:end]):
            start = begun[0]
        elif begun:
            yield begun
        begun = (start, end)
        if not _RANK.fullmatch(text[start:end].rpartition("、")[2]) or "政府" in text[start:end]:
            yield begun
            begun = None
    if begun:
        yield begun


@lru_cache(maxsize=1)
def _joint() -> re.Pattern[str]:
    # 和各省级人民政府, 等和各有关省级人民政府: a list is closed by 和 before 各.
    return re.compile(r"等?[和及与](?=各)|等和")


def _split_and(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for match in _joint().finditer(text, start, end):
        if match.start() > begin:
            yield begin, match.start()
        begin = match.end()
    if end > begin:
        yield begin, end
