"""Short names of full ones, wherever in a document either stands.

A full company name opens with its place and closes with its trade and its legal ending; an office
drops its rank where the whole list is of one rank; a zone is called by its kind alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.knowledge import Knowledge, alternatives
from kg.resolution.joiner import Joiner

_EDITION = re.compile(r"20\d\d年?|第[一二三四五六七八九十百\d]+届|首届")
_SHORT = 2
"""Characters of the shortest name that may stand for a full company name."""


@dataclass(frozen=True)
class ShortForms:
    """The words of ``names.toml`` that short names leave out.

    ``full_endings`` close the full name of a company; ``ranks`` close places, and ``rank`` finds the one that
    opens an office's name; ``zones`` are the kinds of zones by their short names, ``zone_offices`` their offices.
    """

    full_endings: tuple[str, ...]
    ranks: tuple[str, ...]
    rank: re.Pattern[str]
    zones: Mapping[str, str]
    zone_offices: Mapping[str, str]

    @staticmethod
    def of(knowledge: Knowledge) -> ShortForms:
        """From the tables ``company``, ``ranks``, ``zones`` and ``zone_offices``."""
        names, ranks = knowledge.names, knowledge.names["ranks"]
        return ShortForms(
            tuple(names["company"]["full"]),
            tuple(ranks["words"]),
            re.compile(f"(?:{alternatives(ranks['words'])})(?!{alternatives(ranks['kept_before'])})"),
            names["zones"],
            names["zone_offices"],
        )

    def join_full_companies(
        self, joiner: Joiner, stem: Callable[[str], str], known_places: Iterable[str]
    ) -> None:
        """丰骅 and 霖海丰骅锻造有限公司: the beginning of a full name, with or without its place.

        ``stem`` gives a company's name without its legal ending. A beginning of two full names names neither,
        and a company that a dictionary knows is not its branch (国网, 国网霖海供电公司).
        """
        names = joiner.names("Company")
        known = {*joiner.names("Place"), *known_places}
        unranked = {p.removesuffix(r) for p in known if len(p) > _SHORT for r in self.ranks if p.endswith(r)}
        full = [n for n in names if n.endswith(self.full_endings) and len(n) > len(stem(n)) > _SHORT]
        begun: dict[str, dict[str, None]] = {}
        for name in full:
            for rest in self._without_place(name, known | unranked):
                for end in range(1, len(rest) + 1):
                    begun.setdefault(rest[:end], {})[name] = None
        for short in names:
            if short.endswith(self.full_endings) or joiner.clusters["Company", short].preferred:
                continue
            meant = list(begun.get(short, ()))
            if len(meant) == 1:
                joiner.join("Company", short, meant[0], "公司全称的简写")

    def _without_place(self, name: str, places: Collection[str]) -> Iterator[str]:
        """A full name as it is, without the place that opens it, and without the rank of that place."""
        yield name
        for end in range(1, len(name) - _SHORT):
            if name[:end] in places:
                rest = name[end:]
                yield rest
                rank = next((rank for rank in self.ranks if rest.startswith(rank)), "")
                if rank:
                    yield rest[len(rank) :]

    def join_unranked(self, joiner: Joiner) -> None:
        """财政局 beside 市财政局: the one office of that name that shows its rank."""
        for type_ in ("Section", "Organization"):
            ranked: dict[str, list[str]] = {}
            for name in joiner.names(type_):
                rank = self.rank.match(name)
                if rank:
                    ranked.setdefault(name[rank.end() :], []).append(name)
            for short, full in sorted(ranked.items()):
                if len(full) == 1 and len(short) > _SHORT:
                    joiner.join(type_, short, full[0], "省略了层级")

    def join_zones(self, joiner: Joiner) -> None:
        """高新区 and 澜州高新技术产业开发区, 高新区管委会 and …管理委员会: the only zone of its kind."""
        for type_ in ("Place", "Organization"):
            names = joiner.names(type_)
            for short in names:
                for word, kind in self.zones.items():
                    if not short.startswith(word):
                        continue
                    tail = short[len(word) :]
                    endings = (kind + self._in_full(tail), kind + tail)
                    full = [name for name in names if name != short and name.endswith(endings)]
                    if len(full) == 1:
                        joiner.join(type_, short, full[0], "开发区的简称")

    def _in_full(self, office: str) -> str:
        for short, full in self.zone_offices.items():
            office = office.replace(short, full)
        return office


def join_editions(joiner: Joiner, canonical: Callable[[str, str], str | None]) -> None:
    """第133届广交会 and 第133届中国进出口商品交易会: one edition of one event."""
    editions: dict[tuple[str, str], str] = {}
    for name in joiner.names("Event"):
        count = _EDITION.match(name)
        known = canonical("Event", name[count.end() :]) if count else None
        if count and known:
            first = editions.setdefault((count.group(), known), name)
            if first != name:
                joiner.join("Event", name, first, "词表中的别名")
