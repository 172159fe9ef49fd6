"""The kinds of things that a question asks for: 哪些企业, 哪几家平台企业, 企业和项目有哪些."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Things:
    """``words`` by type; ``asked`` finds one of them where a question asks for it."""

    words: Mapping[str, Sequence[str]]
    asked: re.Pattern[str]
    others: re.Pattern[str]
    not_meant: re.Pattern[str]

    @staticmethod
    def of(kinds: Mapping[str, Any], config: Mapping[str, Any]) -> Things:
        """From the ``kinds`` of ``question.toml`` and the ``things`` of ``ask.toml``."""
        words = {type_: [*of, *config["more"].get(type_, ())] for type_, of in kinds["things"].items()}
        words = {type_: of for type_, of in words.items() if type_ != "Target"}
        thing = "|".join(sorted((w for of in words.values() for w in of), key=len, reverse=True))
        before, after = "|".join([*kinds["before"], *config["before"]]), "|".join(kinds["after"])
        modifier = rf"(?:(?!{config['no_modifier']})[\u4e00-\u9fff0-9a-z]){{0,8}}?"
        return Things(
            words,
            re.compile(
                rf"(?:{before})\s*的?{modifier}(?P<thing>{thing})(?!{config['not_before']})"
                rf"|(?P<behind>{thing})(?:都|各)?(?:{after})"
            ),
            re.compile(rf"(?:和|、|与|及|或|and)(?P<thing>{thing})"),
            re.compile("|".join(config["not_meant"])),
        )

    def asked_for(self, question: str) -> tuple[str, ...]:
        """The types of what a folded question asks for, in its order."""
        question = self.not_meant.sub(" ", question)
        return tuple(dict.fromkeys(self._types(question)))

    def _types(self, question: str) -> Iterator[str]:
        for match in self.asked.finditer(question):
            yield self._type(match["thing"] or match["behind"])
            end = match.end()
            while other := self.others.match(question, end):
                yield self._type(other["thing"])
                end = other.end()

    def _type(self, word: str) -> str:
        return next(type_ for type_, words in self.words.items() if word in words)
