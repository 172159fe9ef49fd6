"""What the source spoiled inside a text: broken-off cells, repeated months, repeated steps."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence

import jieba

from kg.knowledge import Knowledge
from kg.model import Defect, Item, Span, Step
from kg.plan.schedule import Calendar

_END = "。！？；.!?;”’》）)】"
_TAIL = 4
"""So many last characters must stand elsewhere before a text counts as broken off inside a word."""

jieba.setLogLevel(logging.WARNING)


def truncated(text: str, whole: str, knowledge: Knowledge) -> bool:
    """Whether a cell's text breaks off: on a word that can't end a sentence, or inside a word.

    Inside a word is told from the same words standing elsewhere in ``whole``: “挑战杯”中国大 is cut,
    because elsewhere the text goes on to 中国大学生, and no word ends behind 大.
    """
    if not text or text[-1] in _END:
        return False
    words = knowledge.plan["truncation"]
    if text.endswith(tuple(words["endings"])) and not text.endswith(tuple(words["exceptions"])):
        return True
    return len(text) >= _TAIL and _cut_inside_word(text, whole)


def _cut_inside_word(text: str, whole: str) -> bool:
    *_, last = jieba.dt.cut(text, HMM=False)
    if len(last) > 1:
        return False
    tail = text[-max(_TAIL, min(len(text), 8)) :]
    for match in re.finditer(re.escape(tail), whole):
        following = whole[match.end() : match.end() + 8].split("\n")[0]
        if not re.match(r"[\u4e00-\u9fff]", following):
            continue
        bounds, position = set(), 0
        for word in jieba.dt.cut(tail + following, HMM=False):
            position += len(word)
            bounds.add(position)
        if len(tail) not in bounds:
            return True
    return False


def step_defects(
    step: Step, whole: str, knowledge: Knowledge, calendar: Calendar, at: Callable[[int, int], Span]
) -> Iterator[Defect]:
    """Defects that one step shows by itself; ``at`` makes a span from offsets into its text."""
    if truncated(step.text, whole, knowledge):
        yield Defect("truncated", "内容中途断开，原文不完整", step.source)
    if not step.label:
        yield Defect("missing-months", "整段叙述，没有写明月份", step.source)
        return
    lone = len(step.months) == 1
    for month, start, end in calendar.told_months(step.text) if lone else ():
        if month == step.months[0] and start == 0:
            yield Defect("duplicated-month", f"月份写了两次（{step.label}：{month}月）", at(start, end))
        elif month not in step.months and _acts(step.text, start):
            message = f"{step.label}的内容里写了{month}月的工作"
            yield Defect("month-outside-quarter", message, at(start, end))


def _acts(text: str, start: int) -> bool:
    """Whether a month inside a text begins a clause, and so an action of its own."""
    return start > 0 and text[start - 1] in "，,；;。"


def repeated_steps(items: Sequence[Item]) -> dict[tuple[int, str], Defect]:
    """For (item no, step key): a step that repeats an earlier one of the document word for word."""
    first: dict[str, str] = {}
    found = {}
    for item in items:
        for step in item.steps:
            known = first.setdefault(step.text, step.key)
            if known != step.key:
                message = f"与 {known} 的内容逐字相同"
                found[item.no, step.key] = Defect("repeated-step", message, step.source)
    return found
