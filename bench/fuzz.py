"""Mutated documents: none may raise anything but an input error, none may have a span that lies.

A document is a handful of rows of a real or a gold plan, mutated: characters and lines deleted,
doubled, swapped, cut, or replaced by marks that plans are made of. Seeded, so that a failure can be
made again with its number.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.gold import read_marked
from bench.mentions import GOLD
from kg.errors import InputError
from kg.folding import fold
from kg.knowledge import Knowledge
from kg.model import Mention, Plan
from kg.pipeline import plan_of
from kg.recognition import Recogniser
from kg.resolution import resolve

SAMPLE = Path(__file__).parent.parent / "data" / "xihaian-2021.txt"
_MARKS = "\t\n ，。、；：“”（）《》·/+-—0123456789月年日一二三项目平台等企业的和与及\u3000\ufeff\x0bAI%😀"


def documents(count: int, seed: int = 0) -> Iterator[tuple[int, str]]:
    """(number, text) of ``count`` mutated documents."""
    texts = [SAMPLE.read_text(encoding="utf-8")]
    texts += [read_marked(path).text for path in sorted(GOLD.glob("*.marked.txt"))]
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")
        yield number, _mutated(_excerpt(chance.choice(texts), chance), chance)


def _excerpt(text: str, chance: random.Random) -> str:
    """The head of a plan and some of its lines, so that a document takes milliseconds."""
    lines = text.split("\n")
    start = chance.randrange(18, max(19, len(lines) - 20))
    return "\n".join(lines[:18] + lines[start : start + chance.randrange(5, 25)])


def _mutated(text: str, chance: random.Random) -> str:
    for _ in range(chance.randrange(1, 12)):
        a, b = sorted((chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)))
        b = min(b, a + chance.choice((1, 3, 30, 300)))
        what = chance.randrange(5)
        if what == 0:
            text = text[:a] + text[b:]
        elif what == 1:
            text = text[:b] + text[a:b] + text[b:]
        elif what == 2:
            text = text[:a] + "".join(chance.choices(_MARKS, k=chance.randrange(1, 6))) + text[a:]
        elif what == 3:
            text = text[:a] + text[a:b][::-1] + text[b:]
        else:
            lines = text.split("\n")
            chance.shuffle(lines[chance.randrange(len(lines)) :])
            text = "\n".join(lines)
        text = text or "x"
    return text


def faults(plan: Plan, mentions: Sequence[Mention]) -> Iterator[str]:
    """Each span whose text is not what the record says."""
    for mention in mentions:
        if plan.text[mention.source.start : mention.source.end] != mention.surface:
            yield f"mention {mention.surface!r} at {mention.source}"
    for item in plan.items:
        if plan.text[item.content_source.start : item.content_source.end] != item.content:
            yield f"content of item {item.no}"
        for step in item.steps:
            if plan.text[step.source.start : step.source.end] != step.text:
                yield f"step {step.key}"
        for target in item.targets:
            if plan.text[target.source.start : target.source.end] != target.text:
                yield f"target {target.text!r}"


def run(count: int) -> Iterator[str]:
    """Counts of what was read, refused and wrong; the number of each document that failed."""
    knowledge = Knowledge()
    recogniser = Recogniser.of(knowledge)
    canonical = recogniser.vocabulary.canonical
    read = refused = wrong = 0
    for number, text in documents(count):
        try:
            plan = plan_of(text.encode(), "fuzz.txt", "fuzz", "", knowledge)
            mentions, plan = recogniser.recognise(plan)
            _, joined = resolve(mentions, lambda t, s: canonical.get((t, fold(s))), knowledge)
            found = list(faults(plan, joined))
            read += 1
        except InputError:
            refused += 1
            continue
        except Exception as error:  # noqa: BLE001 - any other error is what is looked for
            found = [repr(error)]
        if found:
            wrong += 1
            yield f"document {number}: {found[0]}"
    yield f"{count} documents: {read} read, {refused} refused, {wrong} wrong"
