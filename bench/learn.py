"""The model of "no answer", learned from questions that are known to have one or none.

Every document is left out of the learning once; what the model then says of its questions is what the
report counts. The model in use is learned from all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from api import open_workspace
from api.evaluation import read_questions
from api.search.answerable import Model
from api.search.filters import Filters
from api.service import KnowledgeService
from api.workspace.knowledge import QUESTIONS
from bench.gold import read_marked
from embeddings.bundled import MODEL as BUNDLED

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "data" / "xihaian-2021.txt"
MODEL = QUESTIONS / "answerable.toml"
ENCODER = f"bundled:{BUNDLED}"
SIGNS: Mapping[str, Sequence[str]] = {"own": ("similarity", "together"), "other": ("together",)}
"""The signs of the model for the bundled encoder, and of the one for any other."""
ALLOWED = 0.04
"""The share of real questions that may be refused, on documents left out of the learning."""
_TINY = 1e-3

Array = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Example:
    """One question to one document: its signs and whether there is an answer."""

    document: str
    query: str
    signs: Mapping[str, float]
    answered: bool


def fitted(examples: Sequence[Example], signs: Sequence[str]) -> Model:
    """A model over some of the signs, without a bar yet."""
    values, answered = _arrays(examples, signs)
    # Signs differ in spread (a similarity lies between 0.8 and 0.95), and the penalty is on weights.
    mean, spread = values.mean(axis=0), values.std(axis=0) + _TINY
    regression = LogisticRegression(max_iter=1000).fit((values - mean) / spread, answered)
    weights = regression.coef_[0] / spread
    intercept = float(regression.intercept_[0] - weights @ mean)
    return Model(dict(zip(signs, map(float, weights), strict=True)), intercept, 0.0)


def run(write: bool) -> Iterator[str]:
    """Learn, report, and with ``write`` put the model into use."""
    examples = list(_examples())
    models = {}
    for name, signs in SIGNS.items():
        told = left_out(examples, signs)
        bar = bar_for(told, _arrays(examples, signs)[1])
        models[name] = replace(fitted(examples, signs), bar=bar)
        yield f"{name} encoder{'s' * (name == 'other')}: {', '.join(signs)}"
        yield from _report(examples, told, bar)
    text = as_toml(models)
    if write:
        MODEL.write_text(text, encoding="utf-8")
        yield f"written to {MODEL.name}"
    else:
        yield text


def left_out(examples: Sequence[Example], signs: Sequence[str]) -> Array:
    """The probability of an answer for each, by a model that has not seen its document."""
    told = np.zeros(len(examples))
    for document in {example.document for example in examples}:
        model = fitted([e for e in examples if e.document != document], signs)
        for place, example in enumerate(examples):
            if example.document == document:
                told[place] = model.probability(example.signs)
    return told


def bar_for(told: Array, answered: Truths, allowed: float = ALLOWED) -> float:
    """The highest bar that refuses no more than the allowed share of the real questions."""
    real = np.sort(told[answered])
    return round(float(real[int(allowed * len(real))]), 4)


def as_toml(models: Mapping[str, Model]) -> str:
    """What :meth:`Model.learned` reads."""
    lines = [
        "# Whether a question has an answer. Learned by `python -m bench learn --write`; see docs/quality.md.",
        "# It has one where 1 / (1 + exp(-(intercept + weights * signs))) reaches the bar.",
        f'encoder = "{ENCODER}"',
    ]
    for name, model in models.items():
        lines += ["", f"[{name}]", f"intercept = {model.intercept:.4f}", f"bar = {model.bar}"]
        lines += [f"weights.{sign} = {weight:.4f}" for sign, weight in model.weights.items()]
    return "\n".join(lines) + "\n"


def _report(examples: Sequence[Example], told: Array, bar: float) -> Iterator[str]:
    answered = np.array([e.answered for e in examples])
    yield f"{'left-out document':<28} {'real':>5} {'refused':>8} {'none':>5} {'refused':>8}"
    documents = dict.fromkeys(e.document for e in examples)
    for document in [*documents, "all"]:
        mine = np.array([document in (e.document, "all") for e in examples])
        refused = told < bar
        real, none = mine & answered, mine & ~answered
        yield (
            f"{document:<28} {real.sum():>5} {(real & refused).sum():>8} "
            f"{none.sum():>5} {(none & refused).sum():>8}"
        )
    right = (~answered & (told < bar)).sum()
    yield (
        f"refusals: precision {right / max(1, (told < bar).sum()):.3f}, recall {right / (~answered).sum():.3f}; "
        f"real questions refused {(answered & (told < bar)).mean() / answered.mean():.3f}"
    )


def _arrays(examples: Sequence[Example], signs: Sequence[str]) -> tuple[Array, Truths]:
    values = np.array([[e.signs[sign] for sign in signs] for e in examples])
    return values, np.array([e.answered for e in examples])


def _examples() -> Iterator[Example]:
    with TemporaryDirectory() as scratch:
        shared: KnowledgeService | None = None
        for document, files in sorted(_questions().items()):
            text = Path(scratch) / f"{document}.txt"
            marked = HERE / "gold" / f"{document}.marked.txt"
            known = read_marked(marked).text if marked.exists() else SAMPLE.read_text(encoding="utf-8-sig")
            text.write_text(known, encoding="utf-8")
            kg = open_workspace(str(Path(scratch) / document))
            if shared is not None:
                kg.encoder = shared.encoder
            shared = shared or kg
            kg.ingest([text])
            yield from _of_document(kg, document, files)


def _of_document(kg: KnowledgeService, document: str, files: Sequence[Path]) -> Iterator[Example]:
    searcher = kg.engine.searcher
    for question in (question for file in files for question in read_questions(file).searches):
        signs = searcher.signs(question.query, Filters())
        # What no constraint leaves is refused before the model is asked.
        if signs is not None:
            yield Example(document, question.query, signs, not question.no_answer)


def _questions() -> dict[str, list[Path]]:
    """The files of questions by the document that they are put to."""
    found: dict[str, list[Path]] = {}
    for file in sorted((HERE / "questions").rglob("*.json")):
        found.setdefault(file.name.partition(".")[0], []).append(file)
    return found
