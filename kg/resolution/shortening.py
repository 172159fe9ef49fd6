"""Short names of full ones, wherever in a document either stands.

A full company name opens with its place and closes with its trade and its legal ending; an office
drops its rank where the whole list is of one rank; a zone is called by its kind alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from kg.resolution.joiner import Joiner

_LEGAL = re.compile(r"(?:公司|集团)$")
_RANK = re.compile(r"[省市区县](?!委|政府|级)")
_SEAT = re.compile(r"[省市区县]?")
_EDITION = re.compile(r"20\d\d年?|第[一二三四五六七八九十百\d]+届|首届")
_SHORT = 2
"""Characters of the shortest name that may stand for a full company name."""


def join_full_companies(joiner: Joiner, stem: Callable[[str], str], known_places: Iterable[str]) -> None:
    """丰骅 and 霖海丰骅锻造有限公司: the beginning of a full name, with or without its place.

    ``stem`` gives a company's name without its legal ending. A beginning of two full names names neither,
    and a company that a dictionary knows is not its branch (国网, 国网霖海供电公司).
    """
    names = joiner.names("Company")
    known = {*joiner.names("Place"), *known_places}
    places = sorted(
        known | {place[:-1] for place in known if len(place) > _SHORT and place[-1] in "省市县区"}
    )
    full = [name for name in names if _LEGAL.search(name) and len(name) > len(stem(name)) > _SHORT]
    for short in names:
        if _LEGAL.search(short) or joiner.clusters["Company", short].preferred:
            continue
        meant = [name for name in full if _begins(name, short, places)]
        if len(meant) == 1:
            joiner.join("Company", short, meant[0], "公司全称的简写")


def _begins(full: str, short: str, places: Sequence[str]) -> bool:
    return any(rest.startswith(short) for rest in _without_place(full, places))


def _without_place(name: str, places: Sequence[str]) -> Iterator[str]:
    yield name
    for place in places:
        if name.startswith(place) and len(name) - len(place) > _SHORT:
            yield name[len(place) :]
            seat = _SEAT.match(name, len(place))
            if seat and seat.end() > len(place):
                yield name[seat.end() :]


def join_unranked(joiner: Joiner) -> None:
    """财政局 beside 市财政局: the one office of that name that shows its rank."""
    for type_ in ("Section", "Organization"):
        ranked: dict[str, list[str]] = {}
        for name in joiner.names(type_):
            if _RANK.match(name):
                ranked.setdefault(name[1:], []).append(name)
        for short, full in sorted(ranked.items()):
            if len(full) == 1 and len(short) > _SHORT:
                joiner.join(type_, short, full[0], "省略了层级")


def join_zones(joiner: Joiner, zones: Mapping[str, str]) -> None:
    """高新区 and 澜州高新技术产业开发区, 高新区管委会 and …管理委员会: the only zone of its kind."""
    for type_ in ("Place", "Organization"):
        names = joiner.names(type_)
        for short in names:
            for word, kind in zones.items():
                if not short.startswith(word):
                    continue
                tail = short[len(word) :].replace("管委会", "管理委员会")
                full = [
                    n for n in names if n != short and n.endswith((kind + tail, kind + short[len(word) :]))
                ]
                if len(full) == 1:
                    joiner.join(type_, short, full[0], "开发区的简称")


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
