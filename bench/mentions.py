"""How well names, entities, aliases and targets are found, and what each annotator adds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.gold import Gold, read_annotation, read_marked
from bench.scoring import Counts, alias_counts, entity_counts, mention_counts, target_counts
from kg.knowledge import Knowledge
from kg.pipeline import Extraction, extract, plan_of
from kg.recognition import ANNOTATORS

GOLD = Path(__file__).parent / "gold"


@dataclass
class Scores:
    """Counts by type, over one text or several."""

    mentions: dict[str, Counts] = field(default_factory=dict)
    entities: dict[str, Counts] = field(default_factory=dict)
    aliases: Counts = field(default_factory=Counts)
    targets: Counts = field(default_factory=Counts)

    def add(self, other: Scores) -> None:
        for mine, theirs in ((self.mentions, other.mentions), (self.entities, other.entities)):
            for type_, counts in theirs.items():
                mine[type_] = mine.get(type_, Counts()) + counts
        self.aliases += other.aliases
        self.targets += other.targets


def golds(paths: Sequence[Path], text: Path | None) -> Iterator[Gold]:
    """Our own marked plans, or the files given; ``text`` is what a JSON annotation annotates."""
    for path in paths or sorted(GOLD.glob("*.marked.txt")):
        if path.suffix == ".json":
            if text is None:
                raise SystemExit("a JSON annotation needs --text, the plan that it annotates")
            yield read_annotation(path, text.read_text(encoding="utf-8-sig"))
        else:
            yield read_marked(path)


def extraction_of(gold: Gold, knowledge: Knowledge, annotators: Sequence[str] = ANNOTATORS) -> Extraction:
    plan = plan_of(gold.text.encode(), f"{gold.name}.txt", gold.name, "0" * 64, knowledge)
    return extract([plan], knowledge, annotators=annotators)


def scope_of(gold: Gold, extraction: Extraction) -> frozenset[int | None]:
    """The items that are annotated: those of the gold, or those that hold a mark.

    ``None`` stands for what is outside the items; it is annotated where a mark stands there.
    """
    if gold.scope is not None:
        return frozenset(gold.scope)
    items = [(i.source.start, i.source.end, i.no) for plan in extraction.plans for i in plan.items]
    marked: set[int | None] = set()
    for mention in gold.mentions:
        marked.add(next((no for start, end, no in items if start <= mention.start < end), None))
    return frozenset(marked)


def score(gold: Gold, extraction: Extraction) -> Scores:
    """Compare what was extracted with the gold, inside the items that the gold annotates."""
    scope = scope_of(gold, extraction)
    inside = [m for m in extraction.mentions if m.item in scope]
    found = {(m.source.start, m.source.end, m.type): m.entity for m in inside}
    targets = [
        (t.source.line, t.number, t.unit)
        for plan in extraction.plans
        for item in plan.items
        if item.no in scope
        for t in item.targets
    ]
    return Scores(
        mention_counts(gold.mentions, found),
        entity_counts(gold.mentions, found),  # type: ignore[arg-type]
        alias_counts(gold.mentions, found, gold.text),  # type: ignore[arg-type]
        target_counts(gold.targets, targets),
    )


def mistakes(gold: Gold, extraction: Extraction) -> Iterator[str]:
    """One line for each mention found wrongly or missed."""
    scope = scope_of(gold, extraction)
    required = {(m.start, m.end, m.type) for m in gold.mentions if m.required}
    optional = {(m.start, m.end, m.type) for m in gold.mentions if not m.required}
    found: dict[tuple[int, int, str], str] = {
        (m.source.start, m.source.end, m.type): m.annotator for m in extraction.mentions if m.item in scope
    }
    for start, end, type_ in sorted((set(found) - required - optional) | (required - set(found))):
        sign = "+" if (start, end, type_) in found else "-"
        line = gold.text.count("\n", 0, start) + 1
        yield f"{sign} {type_:<15} {gold.text[start:end]}  (line {line}) {found.get((start, end, type_), '')}"


def run(paths: Sequence[Path], text: Path | None, verbose: bool) -> Iterator[str]:
    """The table, line by line."""
    knowledge = Knowledge()
    texts = list(golds(paths, text))
    total = Scores()
    for gold in texts:
        extraction = extraction_of(gold, knowledge)
        scores = score(gold, extraction)
        total.add(scores)
        yield f"{gold.name:<28} {_summary(scores)}"
        if verbose:
            yield from mistakes(gold, extraction)
    yield ""
    yield from _by_type(total)
    yield ""
    yield f"{'all annotators':<28} {_summary(total)}"
    for annotator in ANNOTATORS:
        without = Scores()
        for gold in texts:
            rest = [v for v in ANNOTATORS if v != annotator]
            without.add(score(gold, extraction_of(gold, knowledge, rest)))
        yield f"{'without ' + annotator:<28} {_summary(without)}"


def _sum(counts: dict[str, Counts]) -> Counts:
    return sum(counts.values(), Counts())


def _summary(scores: Scores) -> str:
    return (
        f"mentions {_sum(scores.mentions).f1:.3f}  entities {_sum(scores.entities).f1:.3f}  "
        f"aliases {scores.aliases.f1:.3f}  targets {scores.targets.f1:.3f}"
    )


def _by_type(scores: Scores) -> Iterator[str]:
    yield f"{'type':<15} {'mention F1':>10} {'entity F1':>10} {'tp':>6} {'fp':>5} {'fn':>5}"
    for type_ in sorted({*scores.mentions, *scores.entities}):
        counts = scores.mentions.get(type_, Counts())
        entities = scores.entities.get(type_, Counts())
        yield f"{type_:<15} {counts.f1:>10.3f} {entities.f1:>10.3f} {counts.tp:>6} {counts.fp:>5} {counts.fn:>5}"
