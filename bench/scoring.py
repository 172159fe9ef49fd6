"""Precision, recall and F1 of mentions, entities, aliases and targets, as pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from bench.gold import GoldMention, GoldTarget

Span = tuple[int, int, str]
"""(start, end, type)"""


@dataclass(frozen=True, slots=True)
class Counts:
    """True positives, false positives, false negatives."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def f1(self) -> float:
        """In [0, 1]; 1 where there was nothing to find and nothing was found."""
        total = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / total if total else 1.0


def mention_counts(gold: Sequence[GoldMention], found: Iterable[Span]) -> dict[str, Counts]:
    """By type; exact span and type. Borderline gold is neither required nor wrong."""
    required = {(m.start, m.end, m.type) for m in gold if m.required}
    optional = {(m.start, m.end, m.type) for m in gold if not m.required}
    spans = set(found) - optional
    types = {s[2] for s in required | spans}
    return {
        t: Counts(
            len({s for s in required & spans if s[2] == t}),
            len({s for s in spans - required if s[2] == t}),
            len({s for s in required - spans if s[2] == t}),
        )
        for t in types
    }


def entity_counts(gold: Sequence[GoldMention], found: Mapping[Span, str]) -> dict[str, Counts]:
    """By type; a gold entity is found where one predicted entity holds a mention of it, each used once."""
    required = {m.entity: m.type for m in gold if m.required}
    optional = {(m.start, m.end, m.type) for m in gold if not m.required}
    votes: Counter[tuple[str, str]] = Counter()
    for mention in gold:
        predicted = found.get((mention.start, mention.end, mention.type))
        if mention.required and predicted is not None:
            votes[mention.entity, predicted] += 1
    pairs: dict[str, str] = {}
    for (entity, predicted), _ in sorted(votes.items(), key=lambda v: (-v[1], v[0])):
        if entity not in pairs and predicted not in pairs.values():
            pairs[entity] = predicted
    wrong = {(s[2], e) for s, e in found.items() if s not in optional and e not in pairs.values()}
    types = set(required.values()) | {t for t, _ in wrong}
    return {
        t: Counts(
            sum(required[e] == t for e in pairs),
            sum(kind == t for kind, _ in wrong),
            sum(kind == t and e not in pairs for e, kind in required.items()),
        )
        for t in types
    }


def alias_counts(gold: Sequence[GoldMention], found: Mapping[Span, str], text: str) -> Counts:
    """Pairs of different surfaces of one type: joined rightly, wrongly, or not at all."""
    named: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for mention in gold:
        predicted = found.get((mention.start, mention.end, mention.type))
        if mention.required and predicted is not None:
            ours, theirs = named.setdefault((mention.type, text[mention.start : mention.end]), (set(), set()))
            ours.add(mention.entity)
            theirs.add(predicted)
    total = Counts()
    for (a, (gold_a, found_a)), (b, (gold_b, found_b)) in combinations(sorted(named.items()), 2):
        if a[0] == b[0]:
            same, joined = bool(gold_a & gold_b), bool(found_a & found_b)
            total += Counts(same and joined, joined and not same, same and not joined)
    return total


def target_counts(gold: Sequence[GoldTarget], found: Iterable[tuple[int, float, str]]) -> Counts:
    """(line, number, unit) as multisets; optional ones are neither required nor wrong."""
    required = Counter((t.line, t.number, t.unit) for t in gold if t.required)
    optional = Counter((t.line, t.number, t.unit) for t in gold if not t.required)
    numbers = Counter(found)
    tp = (required & numbers).total()
    extra = numbers - required - optional
    return Counts(tp, extra.total(), required.total() - tp)
