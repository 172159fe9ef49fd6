"""What the source spoiled inside a text: broken-off cells, repeated months, repeated steps."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import jieba

from kg.knowledge import Knowledge
from kg.model import Defect, Item, Span, Step
from kg.plan.schedule import Calendar

_END = "。！？；.!?;”’》）)】"
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_TAIL = 4
"""So many last characters must stand elsewhere before a text counts as broken off inside a word."""

# Its progress reports belong on no user's screen.
jieba.setLogLevel(logging.WARNING)


def truncated_texts(texts: Iterable[str], whole: str, knowledge: Knowledge) -> set[str]:
    """Those of ``texts`` that break off: on a word that can't end a sentence, or inside a word.

    Inside a word is inferred from the same words standing elsewhere in ``whole``: “挑战杯”中国大 is cut,
    because elsewhere the text goes on to 中国大学生, and no word ends behind 大.
    """
    words = knowledge.plan["truncation"]
    endings, exceptions = tuple(words["endings"]), tuple(words["exceptions"])
    open_ended = {text for text in texts if text and text[-1] not in _END}
    broken = {t for t in open_ended if t.endswith(endings) and not t.endswith(exceptions)}
    single = {t for t in open_ended - broken if len(t) >= _TAIL and _ends_in_single_character(t)}
    return broken | set(_cut_inside_words(single, whole))


def _ends_in_single_character(text: str) -> bool:
    *_, last = jieba.dt.cut(text[-2 * _TAIL :], HMM=False)
    return len(last) == 1 and bool(_CHINESE.match(last))


def _cut_inside_words(texts: Iterable[str], whole: str) -> Iterator[str]:
    """One pass over the document for all texts: their last characters, wherever else they stand."""
    tails: dict[str, list[str]] = {}
    for text in texts:
        tails.setdefault(text[-_TAIL:], []).append(text)
    found: set[str] = set()
    for at in range(len(whole) - _TAIL if tails else 0):
        for text in tails.get(whole[at : at + _TAIL], ()):
            tail = text[-2 * _TAIL :]
            end = at + _TAIL
            if text not in found and whole.endswith(tail, 0, end) and _goes_on(tail, whole, end):
                found.add(text)
                yield text


def _goes_on(tail: str, whole: str, end: int) -> bool:
    """Whether at ``end`` of ``whole`` the word goes on that the tail ends in."""
    following = whole[end : end + 8].split("\n")[0]
    if not _CHINESE.match(following):
        return False
    position = 0
    for word in jieba.dt.cut(tail + following, HMM=False):
        position += len(word)
        if position >= len(tail):
            break
    return position != len(tail)


def step_defects(step: Step, calendar: Calendar, at: Callable[[int, int], Span]) -> Iterator[Defect]:
    """Defects that one step shows by itself; ``at`` makes a span from offsets into its text."""
    if not step.label:
        yield Defect("missing-months", "整段叙述，没有写明月份", step.source)
        return
    lone = len(step.months) == 1
    for month, start, end in calendar.months_in_text(step.text) if lone else ():
        if month == step.months[0] and start == 0:
            yield Defect("duplicated-month", f"月份写了两次（{step.label}：{month}月）", at(start, end))
        elif month not in step.months and _acts(step.text, start):
            message = f"{step.label}的内容里写了{month}月的工作"
            yield Defect("month-outside-quarter", message, at(start, end))


def _acts(text: str, start: int) -> bool:
    """Whether a month inside a text begins a clause, and so an action of its own."""
    return start > 0 and text[start - 1] in "，,；;。"


def truncations(items: Sequence[Item], whole: str, knowledge: Knowledge) -> dict[int, list[Defect]]:
    """By item no: its content and steps that break off."""
    texts = [item.content for item in items] + [step.text for item in items for step in item.steps]
    broken = truncated_texts(texts, whole, knowledge)
    found: dict[int, list[Defect]] = {}
    for item in items:
        texts_of = [(item.content, item.content_source)] + [(s.text, s.source) for s in item.steps]
        for source in dict.fromkeys(source for text, source in texts_of if text in broken):
            found.setdefault(item.no, []).append(Defect("truncated", "内容中途断开，原文不完整", source))
    return found


def repeated_steps(items: Sequence[Item]) -> dict[tuple[int, str], Defect]:
    """For (item no, step key): a step that repeats an earlier one of the document word for word."""
    first: dict[str, str] = {}
    found = {}
    for item in items:
        for step in item.steps:
            if step.text == step.label:
                continue
            known = first.setdefault(step.text, step.key)
            if known != step.key:
                message = f"与 {known} 的内容逐字相同"
                found[item.no, step.key] = Defect("repeated-step", message, step.source)
    return found
