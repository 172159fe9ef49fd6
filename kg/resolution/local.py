"""What a short name means where it stands: in its item, or in its document."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.knowledge import Knowledge
from kg.model import EntityType, Mention
from kg.resolution.joiner import Joiner

LocalName = tuple[str, int | None, str, str]
"""(document, item, type, surface)"""

_SHORTENED: tuple[EntityType, ...] = ("Project", "Platform")
_PHASE = re.compile(r"[一二三四五]期")
_SHORTEST = 4
"""Characters of a name that may stand for a longer one of its item."""


@dataclass(frozen=True)
class LocalRules:
    """The words of ``names.toml`` and ``gazetteer.toml`` that only their place explains."""

    anaphora: tuple[str, ...]
    self_places: Mapping[str, Sequence[str]]

    @staticmethod
    def of(knowledge: Knowledge) -> LocalRules:
        """From ``names.toml`` (``anaphora``) and ``gazetteer.toml`` (``Place_self``)."""
        endings = knowledge.names["anaphora"]["endings"]
        return LocalRules(tuple(sorted(endings, key=len, reverse=True)), knowledge.gazetteer["Place_self"])

    def meanings(
        self,
        mentions: Sequence[Mention],
        surfaces: Sequence[str],
        joiner: Joiner,
        companies: Collection[str],
    ) -> dict[LocalName, str]:
        """The name that each surface stands for at its place, where that is another one.

        ``companies`` are the names of all companies that are known.
        """
        by_item: dict[tuple[str, int | None, EntityType], dict[str, None]] = {}
        for mention, name in zip(mentions, surfaces, strict=True):
            if mention.type in _SHORTENED:
                by_item.setdefault((mention.source.document, mention.item, mention.type), {})[name] = None
        local = dict(self._own_places(mentions, surfaces, joiner))
        for (document, item, type_), names in by_item.items():
            kept = [n for n in names if (type_, n) not in joiner.apart]
            bare = dict(self._bare_projects(kept, companies, joiner)) if type_ == "Project" else {}
            found = dict(_shortened(kept, _same(joiner, type_), bare)) | bare
            local |= {(document, item, type_, short): _end(found, full) for short, full in found.items()}
        for key, full in self._in_document(by_item, joiner):
            local.setdefault(key, full)
        return local

    @staticmethod
    def _in_document(
        by_item: Mapping[tuple[str, int | None, EntityType], Mapping[str, None]], joiner: Joiner
    ) -> Iterator[tuple[LocalName, str]]:
        """What no row explains the whole document may: the only longer name that a short one fits."""
        everywhere: dict[tuple[str, EntityType], dict[str, None]] = {}
        for (document, _, type_), names in by_item.items():
            kept = {n: None for n in names if (type_, n) not in joiner.apart}
            everywhere.setdefault((document, type_), {}).update(kept)
        found = {
            key: dict(_shortened(list(names), _same(joiner, key[1]), {}, _SHORTEST + 1))
            for key, names in everywhere.items()
        }
        for (document, item, type_), names in by_item.items():
            for short in names:
                full = _end(found[document, type_], short)
                if full != short:
                    yield (document, item, type_, short), full

    def _own_places(
        self, mentions: Sequence[Mention], surfaces: Sequence[str], joiner: Joiner
    ) -> Iterator[tuple[LocalName, str]]:
        """新区 is the one full name ending so that the document itself uses."""
        words = {word: suffix for suffix, ws in self.self_places.items() for word in ws}
        full: dict[tuple[str, str], set[str]] = {}
        for mention, name in zip(mentions, surfaces, strict=True):
            if mention.type == "Place" and name not in words:
                preferred = joiner.clusters["Place", name].preferred or name
                for suffix in set(words.values()):
                    if preferred.endswith(suffix):
                        full.setdefault((mention.source.document, suffix), set()).add(name)
        for mention, name in zip(mentions, surfaces, strict=True):
            if mention.type == "Place" and name in words:
                names = full.get((mention.source.document, words[name]), set())
                meant = {joiner.clusters["Place", n].preferred or n: n for n in sorted(names)}
                if len(meant) == 1:
                    key = (mention.source.document, mention.item, "Place", name)
                    yield key, next(iter(meant.values()))

    def _bare_projects(
        self, names: Sequence[str], companies: Collection[str], joiner: Joiner
    ) -> Iterator[tuple[str, str]]:
        """金能项目 in an item on 金能科技一期: the owner's only full project of that item."""
        shorts = {n: owner for n in names if (owner := self.bare_owner(n, companies))}
        for short, owner in shorts.items():
            # Of names that are all short, the one that spells its owner and phase in full is meant.
            full = [n for n in names if _begins(n, owner, joiner) and _phase(n, short)]
            named = [n for n in full if n not in shorts] or full
            spelt = max(named, key=lambda n: (_PHASE.search(n) is not None, len(shorts.get(n) or n), n))
            phases = {m.group() for n in named if (m := _PHASE.search(n))}
            if spelt != short and len(phases) <= 1 and (spelt in shorts or len(named) == 1):
                yield short, spelt

    def bare_owner(self, name: str, companies: Collection[str]) -> str | None:
        """The company, if a project's name is nothing but a company and 项目 or a phase."""
        for ending in self.anaphora:
            if name.endswith(ending) and name[: -len(ending)] in companies:
                return name[: -len(ending)]
        return None


def _shortened(
    names: Sequence[str],
    same: Callable[[str], object],
    known: Mapping[str, str],
    shortest: int = _SHORTEST,
) -> Iterator[tuple[str, str]]:
    """(short, full) of some names: the end of one longer name, or its beginning and some of it.

    A phase alone is the one name of that phase. ``same`` tells which names are one already, ``known``
    what some short names mean.
    """
    found = dict(known)
    for short in sorted(names, key=lambda n: (-len(n), n)):
        longer = [n for n in names if len(n) >= len(short) + 2 and _stands_for(short, n)]
        meant = {same(_end(found, n)): _end(found, n) for n in longer}
        if (len(short) >= shortest or _PHASE.fullmatch(short)) and len(meant) == 1:
            found[short] = next(iter(meant.values()))
            yield short, found[short]


def _stands_for(short: str, full: str) -> bool:
    core, whole = _core(short), _core(full)
    if _PHASE.fullmatch(short):
        return short in full
    if whole.endswith(core):
        return True
    rest = iter(whole)
    return whole[:2] == core[:2] and all(character in rest for character in core) and _phase(full, short)


def _same(joiner: Joiner, type_: EntityType) -> Callable[[str], object]:
    return lambda name: id(joiner.clusters[type_, name])


def _core(name: str) -> str:
    return (
        re.sub(r"（(?![一二三四五]期)[^（）]*）|[“”（）]", "", name).removesuffix("项目").removesuffix("工程")
    )


def _end(found: Mapping[str, str], name: str) -> str:
    """Where a chain of short names ends (金能项目, 金能一期项目, 金能科技一期)."""
    seen: set[str] = set()
    while name in found and name not in seen:
        seen.add(name)
        name = found[name]
    return name


def _phase(name: str, short: str) -> bool:
    """Whether a project may be what a short name with or without a phase means."""
    phase = _PHASE.search(short)
    return not phase or phase.group() in name


def _begins(name: str, owner: str, joiner: Joiner) -> bool:
    cluster = joiner.clusters.get(("Company", owner))
    return any(name.startswith(alias) for alias in (cluster.names if cluster else ()))
