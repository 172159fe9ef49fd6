"""When two names are one, whatever the document: dictionaries, endings, variants, prefixes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kg.knowledge import Knowledge
from kg.model import EntityType
from kg.resolution.joiner import Joiner

Canonical = Callable[[str, str], str | None]
"""(type, surface) → the name a dictionary prefers, if it knows the surface."""


_PREFIXED: tuple[EntityType, ...] = ("Platform", "Organization", "Program", "PolicyDocument")
_PREFIXED_SIZE = 5
"""Characters that a name must keep to be known without the place or owner before it."""


_COUNTED_TYPES: tuple[EntityType, ...] = ("Project", "Event")
_COUNT = re.compile(r"20\d\d年?度?|第[一二三四五六七八九十百\d]+届|首届")


_STEM = 2
"""Characters that a company's name keeps without its ending, at least."""


@dataclass(frozen=True)
class JoinRules:
    """The knowledge of ``names.toml`` about when two names are one."""

    dropped: tuple[str, ...]
    endings: frozenset[str]
    longest: int
    """Characters of the longest ending."""
    variants: Mapping[str, Mapping[str, str]]
    departments: Mapping[str, Sequence[str]]
    seats: frozenset[str]

    @staticmethod
    def of(knowledge: Knowledge) -> JoinRules:
        """From ``names.toml`` (``company``, ``variants``, ``place``) and ``gazetteer.toml`` (``Organization_short``)."""
        names, gazetteer = knowledge.names, knowledge.gazetteer
        return JoinRules(
            tuple(sorted(names["company"]["dropped"], key=len, reverse=True)),
            (endings := frozenset([*names["company"]["endings"], *names["company"]["dropped"]])),
            max(map(len, endings), default=0),
            names["variants"],
            gazetteer["Organization_short"],
            frozenset(names["place"]["dropped"]),
        )

    def join_known(self, joiner: Joiner, canonical: Canonical) -> None:
        """海尔集团 is 海尔: every name that a dictionary knows gets the name that it prefers."""
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
        sizes = range(min(self.longest, len(company) - _STEM), 0, -1)
        return next((company[:-size] for size in sizes if company[-size:] in self.endings), "")

    def stem(self, company: str) -> str:
        """A company's name without its legal ending; never shorter than two characters."""
        for ending in self.dropped:
            if company.endswith(ending) and len(company) - len(ending) >= _STEM:
                return company[: -len(ending)]
        return company

    def join_variants(self, joiner: Joiner) -> None:
        """评价平台 and 评价系统: names that are spelt alike but for a variant part."""
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
        self._join_counted(joiner)
        self._join_seats(joiner)

    @staticmethod
    def _join_counted(joiner: Joiner) -> None:
        """2020年…项目 and …项目, 第133届广交会 and 广交会: where one year or ordinal only is known."""
        for type_ in _COUNTED_TYPES:
            names = joiner.names(type_)
            counted: dict[str, list[str]] = {}
            for name in names:
                count = _COUNT.match(name)
                if count:
                    counted.setdefault(name[count.end() :], []).append(name)
            for short, full in sorted(counted.items()):
                if short in names and len(full) == 1:
                    joiner.join(type_, short, full[0], "省略了年份或届次")

    def _join_seats(self, joiner: Joiner) -> None:
        """霖海 and 霖海县, 杏花岭 and 杏花岭村: a place without what kind of place it is."""
        known = set(joiner.names("Place"))
        for short in sorted(known):
            full = [short + seat for seat in self.seats if short + seat in known]
            if len(full) == 1:
                joiner.join("Place", short, full[0], "省略了地名后缀")
