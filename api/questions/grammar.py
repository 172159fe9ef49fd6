"""Question → query: which of the intents it has, and what it names. Its words are data: ``ask.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.indexing.folding import simplified
from api.questions.content_words import Alternatives, ContentWords
from api.questions.kinds import Things
from api.questions.lexicon import Lexicon
from api.questions.quantities import Amounts
from api.questions.query import Query
from api.questions.understanding import Understood
from kg.model import Entity

_NAME_ALONE = 2
"""Characters beside a name that ask for nothing else than all that is known of it: 海尔呢？"""
_NOTHING_LEFT = 5
"""Characters, or words of another script, that may be left of a question when nothing narrows what it asks for."""
_UNITS = re.compile(r"[a-z]+|\w")
_OF_ITEMS = ("responsible", "hotline")
"""Intents that ask for something which a whole item has, whatever the month."""
_TOUCHED = ("items", "trace", "entities", "impact")
"""Intents that may ask for all that touches a unit, and not only for what it answers for."""
_STRICT = ("responsible", "when", "targets", "hotline")
"""Intents that want one thing told: what is not said is not there."""


@dataclass(frozen=True)
class IntentPattern:
    """One intent as ``ask.toml`` has it: its patterns, and what a question must name for it."""

    name: str
    needs: str
    pattern: re.Pattern[str]
    hints: re.Pattern[str]
    """Words that show the intent and are asked for themselves: 产值."""

    def shows_in(self, question: str) -> bool:
        return bool(self.pattern.search(question) or self.hints.search(question))


@dataclass(frozen=True)
class QuestionGrammar:
    """The patterns of ``ask.toml`` over the words and names of one build."""

    intents: tuple[IntentPattern, ...]
    counted: Mapping[str, re.Pattern[str]]
    amounts: Amounts
    things: Things
    config: Mapping[str, Any]
    content_words: ContentWords
    entities: Mapping[str, Entity]

    @staticmethod
    def of(lexicon: Lexicon, content_words: ContentWords, entities: Mapping[str, Entity]) -> QuestionGrammar:
        config = lexicon.ask
        field = "|".join(word for words in config["fields"].values() for word in words)
        intents = tuple(
            IntentPattern(
                entry["name"],
                entry.get("needs", ""),
                re.compile("|".join(entry["patterns"]).replace("FIELD", field)),
                re.compile("|".join(entry.get("hints", [])) or r"(?!)"),
            )
            for entry in config["intents"]
        )
        things = Things.of(lexicon.question["kinds"], config["things"])
        return QuestionGrammar(
            intents,
            dict(_counted(config["count"])),
            Amounts.of(config),
            things,
            config,
            content_words,
            entities,
        )

    def query(self, understood: Understood, document: str | None = None) -> Query:
        """What a question asks to be run."""
        question = understood.question
        kinds = self.things.asked_for(question)
        counted = next((thing for thing, pattern in self.counted.items() if pattern.search(question)), "")
        intent = counted or self._intent(question, understood, kinds)
        if intent in _OF_ITEMS and not (understood.entities or understood.sections or understood.items):
            # Months alone are no item: 上半年上云的奖励归谁管 asks for a kind of work.
            understood = replace(understood, months=(), text=question)
        if counted and self._lacks(question):
            intent = "lacking"
        understood = self._one_of_twins(understood, intent)
        return Query(
            intent,
            understood.entities,
            understood.sections,
            items=understood.items,
            kinds=kinds if intent == "entities" else (),
            words=tuple(self._content_words(understood, intent)),
            text=understood.text,
            unknown_section=understood.unknown_section or "",
            document=document,
            whole_item=re.search(self.config["whole_item"], question) is not None,
            everything=self._asks_of_everything(understood, intent),
            count=bool(counted) or (intent in ("entities", "lacking") and self._counts(question)),
            **({"months": understood.months} | self._of_intent(intent, understood)),
        )

    def _of_intent(self, intent: str, understood: Understood) -> dict[str, Any]:
        """What only questions of one intent have."""
        question = understood.question
        if intent == "targets":
            least, most, unit = self.amounts.bounded(question)
            by = self.amounts.deadline(question, understood.months)
            only = {} if by is None else {"months": ()}
            return {"at_least": least, "at_most": most, "unit": unit, "by": by, **only}
        if intent == "when":
            return {"phase": self.amounts.phase(question)}
        if intent == "impact":
            return {"delay": self.amounts.delay(question)}
        if intent == "lacking":
            return {"lacking": self._field(question), "of_steps": self._mentions_steps(question)}
        return {}

    def _one_of_twins(self, understood: Understood, intent: str) -> Understood:
        """A unit that answers for items and is named in texts too: what it does is asked for, or all that touches it."""
        names = {self.entities[e].name: e for e in understood.entities if e in self.entities}
        twins = [name for name in understood.sections if names.get(name, "").startswith("organization:")]
        if not twins:
            return understood
        if intent in _TOUCHED and re.search(self.config["touched"], understood.question):
            return replace(understood, sections=tuple(s for s in understood.sections if s not in twins))
        left = tuple(e for e in understood.entities if e not in {names[name] for name in twins})
        return replace(understood, entities=left)

    def _intent(self, question: str, understood: Understood, kinds: Sequence[str]) -> str:
        for intent in self.intents:
            if intent.shows_in(question) and self._has(intent.needs, question, understood, kinds):
                return intent.name
        if understood.entities and len(re.sub(r"\W", "", self._without_names(understood))) <= _NAME_ALONE:
            return "trace"
        default = self.config["default"]
        return default["intent"] if self._has(default["needs"], question, understood, kinds) else "search"

    def _has(self, need: str, question: str, understood: Understood, kinds: Sequence[str]) -> bool:
        if need == "pair":
            return len(understood.sections) > 1 or len(understood.entities) > 1
        if need == "entity":
            return bool(understood.entities)
        if need == "subject":
            return bool(understood.entities or understood.constrains or understood.unknown_section)
        if need == "constraint":
            return bool(understood.constrains or understood.unknown_section)
        if need == "field":
            return bool(self._field(question))
        return bool(kinds) if need == "thing" else True

    def _lacks(self, question: str) -> bool:
        patterns = (intent.pattern for intent in self.intents if intent.name == "lacking")
        return any(pattern.search(question) for pattern in patterns) and bool(self._field(question))

    def _field(self, question: str) -> str:
        fields: Mapping[str, Sequence[str]] = self.config["fields"]
        return next((f for f, words in fields.items() if any(word in question for word in words)), "")

    def _counts(self, question: str) -> bool:
        return re.search("|".join(self.config["count"]["before"]), question) is not None

    def _content_words(self, understood: Understood, intent: str) -> Iterator[Alternatives]:
        text = self._without_names(understood)
        own = (i.pattern for i in self.intents if i.name == intent and i.pattern.pattern)
        for pattern in (
            *own,
            *self.amounts.bounds.values(),
            *([self.things.asked] if intent == "entities" else []),
        ):
            text = pattern.sub(" ", text)
        free = not (understood.entities or understood.constrains)
        strict = free or intent in _STRICT or intent == "search"
        return self.content_words.of(text, understood, strict, free or intent in _STRICT)

    def _asks_of_everything(self, understood: Understood, intent: str) -> bool:
        """Whether nothing is left of a question but what it asks for: 一共有多少家企业."""
        if understood.entities or understood.constrains:
            return False
        text = understood.text
        own = [i.pattern for i in self.intents if i.name == intent and i.pattern.pattern]
        itself = re.compile(self.config["itself"])
        for pattern in (
            itself,
            *own,
            *self.counted.values(),
            *self.amounts.bounds.values(),
            self.things.asked,
        ):
            text = pattern.sub("", text)
        return not self.content_words.content(text) and len(_UNITS.findall(text)) <= _NOTHING_LEFT

    def _mentions_steps(self, question: str) -> bool:
        words = self.config["fields"]["steps"]
        return self._field(question) != "steps" and any(word in question for word in words)

    def _without_names(self, understood: Understood) -> str:
        known = (self.entities[entity] for entity in understood.entities if entity in self.entities)
        names = {simplified(name) for e in known for name in (e.name, *e.aliases)}
        text = understood.text
        for name in sorted(names, key=lambda name: (-len(name), name)):
            text = text.replace(name, " ")
        return text


def _counted(config: Mapping[str, Any]) -> Iterator[tuple[str, re.Pattern[str]]]:
    before, between = "|".join(config["before"]), "|".join(config["between"])
    for thing, words in config["things"].items():
        things = "|".join(words)
        yield (
            thing,
            re.compile(
                rf"(?:{before}){config['measures']}(?:{between})*\s*(?:{things})"
                rf"|(?:{things})(?:一共|总共|共|总)?(?:有|数量?|是)?(?:{before}){config['measures']}(?=$|[？?。，])"
            ),
        )
