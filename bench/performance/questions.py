"""What is asked: judged questions of ``bench/questions``, and as many more on names as are needed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).parent.parent
_PERIODS = (
    *(f"{month}月" for month in range(1, 13)),
    "一季度",
    "二季度",
    "三季度",
    "四季度",
    "上半年",
    "下半年",
)
_FORMS = (
    "{name}{when}有什么安排",
    "{when}与{name}有关的工作",
    "{when}怎样推进{name}",
    "哪些步骤在{when}涉及{name}",
    "{name}在{when}要完成什么任务",
    "{when}围绕{name}开展哪些调研和培训",
    "{name}{when}遇到的困难怎么解决",
    "{when}为{name}提供什么支持",
)


def judged() -> list[str]:
    """Every judged search, in a fixed order."""
    files = sorted((HERE / "questions").glob("*.json"))
    return [one["query"] for file in files for one in json.loads(file.read_text(encoding="utf-8"))]


def made(names: Sequence[str], seed: int) -> Iterator[str]:
    """Questions on names, none twice before all have been asked; without end."""
    forms = len(_FORMS) * len(_PERIODS)
    while True:
        for place in random.Random(seed).sample(range(forms * len(names)), forms * len(names)):
            name, form = names[place // forms], _FORMS[place % len(_FORMS)]
            yield form.format(name=name, when=_PERIODS[place % forms // len(_FORMS)])


def questions(names: Sequence[str], seed: int = 0) -> Iterator[str]:
    """Judged ones and made ones by turns, then made ones: an answer kept from before helps nobody."""
    others = made(names, seed)
    for question in random.Random(seed).sample(judged(), len(judged())):
        yield question
        yield next(others)
    yield from others
