"""Mentions → entities: which names are one thing, each merge with its reason.

Names are joined where a dictionary says so, where one is the other without a legal ending or a
place, where only a variant ending differs, or where the row of the plan settles what a short name
means. Names are never joined on what is left after stripping Chinese: 海尔AI平台 is not 工业AI平台.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kg.curation import Curation
from kg.knowledge import Knowledge
from kg.model import Entity, EntityType, Mention, Plan, entity_id

Canonical = Callable[[str, str], str | None]
"""(type, surface) → the name a dictionary prefers, if it knows the surface."""


_PREFIXED: tuple[EntityType, ...] = ("Platform", "Organization", "Program")
_PREFIXED_SIZE = 5
"""Characters that a name must keep to be known without the place or owner before it."""


@dataclass
class Cluster:
    """Names of one type that are being joined; ``reasons`` by name."""

    type: EntityType
    names: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, str] = field(default_factory=dict)
    preferred: str | None = None


@dataclass
class Joiner:
    """Union of names, remembering why each pair was joined; ``apart`` names are never joined."""

    apart: frozenset[tuple[EntityType, str]] = frozenset()
    clusters: dict[tuple[str, str], Cluster] = field(default_factory=dict)

    def add(self, type_: EntityType, name: str, times: int = 1) -> Cluster:
        cluster = self.clusters.setdefault((type_, name), Cluster(type_))
        cluster.names[name] += times
        return cluster

    def join(self, type_: EntityType, name: str, to: str, reason: str) -> None:
        """Make ``name`` and ``to`` one; the reason is kept with ``name``."""
        mine, theirs = self.clusters.get((type_, name)), self.clusters.get((type_, to))
        if mine is None or theirs is None or mine is theirs:
            return
        if (type_, name) in self.apart or (type_, to) in self.apart:
            return
        theirs.reasons.setdefault(name, reason)
        for key, why in mine.reasons.items():
            theirs.reasons.setdefault(key, why)
        theirs.preferred = theirs.preferred or mine.preferred
        theirs.names += mine.names
        for joined in mine.names:
            self.clusters[type_, joined] = theirs

    def names(self, type_: str) -> list[str]:
        return sorted(name for t, name in self.clusters if t == type_)


def resolve(
    plans: Sequence[Plan],
    mentions: Sequence[Mention],
    canonical: Canonical,
    knowledge: Knowledge,
    curation: Curation | None = None,
) -> tuple[list[Entity], list[Mention]]:
    """Entities in order of id, and the mentions with ``entity`` and ``name`` filled in.

    A mention nested in one of the same entity is dropped (金能 inside 金能科技).
    """
    rules = Rules.of(knowledge)
    surfaces = [_plain(m) for m in mentions]
    decided = curation or Curation()
    joiner = Joiner(apart=decided.apart)
    for mention, name in zip(mentions, surfaces, strict=True):
        joiner.add(mention.type, name)
    rules.join_known(joiner, canonical)
    rules.join_companies(joiner)
    rules.join_variants(joiner)
    rules.join_prefixed(joiner)
    apply_decisions(joiner, decided)
    local = rules.local_meanings(plans, mentions, surfaces, joiner)
    entities = {id(c): _entity(c) for c in joiner.clusters.values()}
    joined = []
    for mention, surface in zip(mentions, surfaces, strict=True):
        name = local.get((mention.source.document, mention.item, mention.type, surface), surface)
        entity = entities[id(joiner.clusters[mention.type, name])]
        joined.append(replace(mention, entity=entity.id, name=entity.name))
    kept = list(_without_self_nested(joined))
    used = {m.entity for m in kept}
    extra: dict[str, set[str]] = {}
    for mention, surface in zip(joined, surfaces, strict=True):
        extra.setdefault(mention.entity, set()).add(surface)
    by_id = {e.id: _with_local(e, extra[e.id]) for e in entities.values() if e.id in used}
    return [by_id[key] for key in sorted(by_id)], kept


def apply_decisions(joiner: Joiner, curation: Curation) -> None:
    """Merges and names that a curator has decided; they come last and so win."""
    for type_, surface, name in curation.joined:
        if (type_, surface) in joiner.clusters:
            joiner.add(type_, name, 0)
            joiner.join(type_, surface, name, "人工合并")
            joiner.clusters[type_, name].preferred = name
    for (type_, surface), name in curation.renamed.items():
        if (type_, surface) in joiner.clusters:
            joiner.clusters[type_, surface].preferred = name


@dataclass(frozen=True)
class Rules:
    """The knowledge of ``names.toml`` about when two names are one."""

    dropped: tuple[str, ...]
    endings: tuple[str, ...]
    variants: Mapping[str, Mapping[str, str]]
    departments: Mapping[str, Sequence[str]]
    anaphora: tuple[str, ...]
    self_places: Mapping[str, Sequence[str]]

    @staticmethod
    def of(knowledge: Knowledge) -> Rules:
        names, gazetteer = knowledge.names, knowledge.gazetteer
        return Rules(
            tuple(sorted(names["company"]["dropped"], key=len, reverse=True)),
            tuple(
                sorted({*names["company"]["endings"], *names["company"]["dropped"]}, key=len, reverse=True)
            ),
            names["variants"],
            gazetteer["Organization_short"],
            tuple(sorted(names["anaphora"]["endings"], key=len, reverse=True)),
            gazetteer["Place_self"],
        )

    def join_known(self, joiner: Joiner, canonical: Canonical) -> None:
        for type_, name in list(joiner.clusters):
            preferred = canonical(type_, name)
            if preferred is None or (type_, name) in joiner.apart:
                continue
            cluster = joiner.clusters[type_, name]
            cluster.preferred = preferred
            if preferred != name:
                joiner.add(cluster.type, preferred, 0)
                joiner.clusters[type_, preferred].preferred = preferred
                joiner.join(cluster.type, name, preferred, "词表中的别名")

    def join_companies(self, joiner: Joiner) -> None:
        """金能, 金能科技 and 金能化学: one stem, whatever ending follows it."""
        names = joiner.names("Company")
        stems: dict[str, list[str]] = {}
        for name in names:
            stems.setdefault(self.stem(name), []).append(name)
        for stem, same in stems.items():
            first = stem if stem in same else same[0]
            for name in same:
                if name != first:
                    joiner.join("Company", name, first, "公司名称后缀不同")
        known = set(names)
        for name in names:
            short = name
            while (short := self._shorter(short)) and short not in known:
                pass
            if short:
                joiner.join("Company", name, short, "公司简称")

    def _shorter(self, company: str) -> str:
        """The name without its last ending, legal or of a trade; empty where none is left."""
        ending = next((e for e in self.endings if company.endswith(e) and len(company) - len(e) >= 2), "")
        return company.removesuffix(ending) if ending else ""

    def stem(self, company: str) -> str:
        """A company's name without its legal ending; never shorter than two characters."""
        for ending in self.dropped:
            if company.endswith(ending) and len(company) - len(ending) >= 2:
                return company[: -len(ending)]
        return company

    def join_variants(self, joiner: Joiner) -> None:
        for type_ in ("Platform", "Program", "Organization", "Project", "PolicyDocument", "Event"):
            keys: dict[str, str] = {}
            for name in sorted(joiner.names(type_), key=lambda n: (-len(n), n)):
                first = keys.setdefault(self.key(type_, name), name)
                if first != name:
                    joiner.join(type_, name, first, "写法不同")

    def key(self, type_: str, name: str) -> str:
        """What two spellings of one name have in common."""
        key = re.sub(r"[“”《》\s·]", "", name)
        for ending, same in sorted(self.variants.get(type_, {}).items(), key=lambda v: -len(v[0])):
            if ending in key and (type_ == "Program" or key.endswith(ending)):
                key = key.replace(ending, same)
                if type_ != "Program":
                    break
        if type_ == "Organization":
            for full, short in sorted(self.departments.items()):
                for form in sorted([full, *short], key=len, reverse=True):
                    if form in key:
                        return key.replace(form, short[0], 1)
        return key.removesuffix("项目") if type_ == "Project" else key

    def join_prefixed(self, joiner: Joiner) -> None:
        """青岛西海岸大学科教园区 and 大学科教园区; 新松智能…研究院 and 智能…研究院."""
        prefixes = {*joiner.names("Place"), *joiner.names("Company"), *joiner.names("Organization")}
        for type_ in _PREFIXED:
            names = set(joiner.names(type_))
            longer: dict[str, list[str]] = {}
            for name in sorted(names):
                for cut in range(2, len(name) - _PREFIXED_SIZE + 1):
                    if name[:cut] in prefixes and name[cut:] in names:
                        longer.setdefault(name[cut:], []).append(name)
            for short, full in sorted(longer.items()):
                if len(full) == 1:
                    joiner.join(type_, short, full[0], "省略了前面的单位或地名")
        self._join_years(joiner)

    @staticmethod
    def _join_years(joiner: Joiner) -> None:
        """2020年…项目 and …项目, where the documents know it for one year only."""
        names = joiner.names("Project")
        dated: dict[str, list[str]] = {}
        for name in names:
            year = re.match(r"20\d\d年度?", name)
            if year:
                dated.setdefault(name[year.end() :], []).append(name)
        for short, full in sorted(dated.items()):
            if short in names and len(full) == 1:
                joiner.join("Project", short, full[0], "省略了年份")

    def local_meanings(
        self, plans: Sequence[Plan], mentions: Sequence[Mention], surfaces: Sequence[str], joiner: Joiner
    ) -> dict[tuple[str, int | None, str, str], str]:
        """(document, item, type, surface) → the name that a surface stands for there."""
        local: dict[tuple[str, int | None, str, str], str] = {}
        for key, name in self._own_places(mentions, surfaces, joiner):
            local[key] = name
        for key, name in self._short_projects(plans, mentions, surfaces, joiner):
            local[key] = name
        return local

    def _own_places(
        self, mentions: Sequence[Mention], surfaces: Sequence[str], joiner: Joiner
    ) -> Iterator[tuple[tuple[str, int | None, str, str], str]]:
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

    def _short_projects(
        self, plans: Sequence[Plan], mentions: Sequence[Mention], surfaces: Sequence[str], joiner: Joiner
    ) -> Iterator[tuple[tuple[str, int | None, str, str], str]]:
        """金能项目 in an item on 金能科技一期: the owner's only full project of that item."""
        by_item: dict[tuple[str, int | None], dict[str, None]] = {}
        for mention, name in zip(mentions, surfaces, strict=True):
            if mention.type == "Project":
                by_item.setdefault((mention.source.document, mention.item), {})[name] = None
        companies = joiner.names("Company")
        for (document, item), names in by_item.items():
            shorts = {n: owner for n in names if (owner := self._bare_owner(n, companies))}
            for short, owner in shorts.items():
                if ("Project", short) in joiner.apart:
                    continue
                # Of names that are all short, the one that spells its owner and phase in full is meant.
                full = [n for n in names if _begins(n, owner, joiner) and _phase(n, short)]
                named = [n for n in full if n not in shorts] or full
                spelt = max(named, key=lambda n: (_PHASE.search(n) is not None, len(shorts.get(n) or n), n))
                phases = {m.group() for n in named if (m := _PHASE.search(n))}
                if spelt != short and len(phases) <= 1 and (spelt in shorts or len(named) == 1):
                    yield (document, item, "Project", short), spelt

    def _bare_owner(self, name: str, companies: Sequence[str]) -> str | None:
        """The company, if a project's name is nothing but a company and 项目 or a phase."""
        for ending in self.anaphora:
            if name.endswith(ending) and name[: -len(ending)] in companies:
                return name[: -len(ending)]
        return None


_PHASE = re.compile(r"[一二三四五]期")


def _phase(name: str, short: str) -> bool:
    """Whether a project may be what a short name with or without a phase means."""
    phase = _PHASE.search(short)
    return not phase or phase.group() in name


def _begins(name: str, owner: str, joiner: Joiner) -> bool:
    cluster = joiner.clusters.get(("Company", owner))
    return any(name.startswith(alias) for alias in (cluster.names if cluster else ()))


def _plain(mention: Mention) -> str:
    """The name that a surface spells: without the marks of a title or the noise of a line break."""
    if mention.type == "Section":
        return mention.name or mention.surface
    name = re.sub(r"\s+", "", mention.surface)
    if mention.type == "PolicyDocument" and name.startswith("《") and name.endswith("》"):
        return name[1:-1]
    return name


def _entity(cluster: Cluster) -> Entity:
    names = [n for n, _ in sorted(cluster.names.items(), key=lambda n: (-len(n[0]), -n[1], n[0]))]
    seen = [n for n in names if cluster.names[n]] or names
    name = cluster.preferred or (
        min(seen, key=lambda n: (len(n), n)) if cluster.type == "Company" else seen[0]
    )
    aliases = tuple(sorted({*seen, name}))
    reasons = {alias: cluster.reasons[alias] for alias in aliases if alias in cluster.reasons}
    return Entity(entity_id(cluster.type, name), cluster.type, name, aliases, reasons)


def _with_local(entity: Entity, surfaces: Iterable[str]) -> Entity:
    """Add the surfaces that only a row or a document joined to the entity."""
    extra = {s: "同一事项或文件中的简称" for s in sorted(surfaces) if s not in entity.aliases}
    aliases = tuple(sorted({*entity.aliases, *extra}))
    return replace(entity, aliases=aliases, reasons={**entity.reasons, **extra})


def _without_self_nested(mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Drop mentions inside a longer one of the same entity; mentions come in the order of the text."""
    open_: list[Mention] = []
    for mention in mentions:
        open_ = [
            m
            for m in open_
            if m.source.end > mention.source.start and m.source.document == mention.source.document
        ]
        if not any(m.entity == mention.entity and m.source.end >= mention.source.end for m in open_):
            yield mention
        open_.append(mention)
