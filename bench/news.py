"""Organisations and places in general news: all annotators against the NER model alone.

Companies, institutes and other organisations count as one kind here, and of nested names the outermost
alone, because the NER model tells the former not apart and knows no latter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench.gold import Gold, GoldMention, read_marked
from bench.scoring import Counts, Span, mention_counts
from kg.knowledge import Knowledge
from kg.recognition import Recogniser

NEWS = Path(__file__).parent / "gold" / "news"
_KINDS = dict.fromkeys(("Organization", "Company", "Platform"), "Organization") | {"Place": "Place"}
_TAGS = {"ORG": "Organization", "LOC": "Place"}


def run(paths: Sequence[Path], verbose: bool) -> Iterator[str]:
    """The table, line by line."""
    recogniser = Recogniser.of(Knowledge())
    golds = [read_marked(path) for path in paths or sorted(NEWS.glob("*.marked.txt"))]
    rows = {"all annotators": _annotated, "NER model alone": _tags}
    yield f"{'':<18} {'organisations':>14} {'places':>8}"
    for title, find in rows.items():
        counts: dict[str, Counts] = {}
        for gold in golds:
            spans = set(find(recogniser, gold.text))
            for kind, more in mention_counts(list(_kinds(gold)), spans).items():
                counts[kind] = counts.get(kind, Counts()) + more
            if verbose:
                yield from _mistakes(title, gold, spans)
        organisations, places = counts.get("Organization", Counts()), counts.get("Place", Counts())
        yield f"{title:<18} {organisations.f1:>14.3f} {places.f1:>8.3f}"


def _kinds(gold: Gold) -> Iterator[GoldMention]:
    for mention in gold.mentions:
        if mention.type in _KINDS:
            yield replace(mention, type=_KINDS[mention.type])


def _annotated(recogniser: Recogniser, text: str) -> Iterator[Span]:
    for start, line in _lines(text):
        names = [name for name in recogniser.annotate(line) if name.type in _KINDS]
        for name in names:
            if not any(n is not name and n.start <= name.start and name.end <= n.end for n in names):
                yield start + name.start, start + name.end, _KINDS[name.type]


def _tags(recogniser: Recogniser, text: str) -> Iterator[Span]:
    for start, line in _lines(text):
        for token in recogniser.tokens(line):
            if token.pos in _TAGS:
                yield start + token.start, start + token.end, _TAGS[token.pos]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    position = 0
    for line in text.split("\n"):
        yield position, line
        position += len(line) + 1


def _mistakes(title: str, gold: Gold, spans: Iterable[Span]) -> Iterator[str]:
    required = {(m.start, m.end, m.type) for m in _kinds(gold) if m.required}
    for start, end, kind in sorted(required ^ set(spans)):
        sign = "-" if (start, end, kind) in required else "+"
        yield f"{title}: {sign} {kind:<13} {gold.text[start:end]}"
