"""What people call things → the entities they mean; where there is none, the nearest names there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from api.indexing.folding import simplified
from api.indexing.names import ID, PREFERRED, UNRANKED, NameTable
from kg.analysis.joining import NetworkArrays
from kg.errors import NotFound
from kg.folding import fold
from kg.model import Entity, parse_id

_NEAREST = 5
"""Names that are offered where one is not found."""
_CLOSE = 50
"""Names at least so similar (0..100) may be meant."""


@dataclass(frozen=True)
class Naming:
    """``ids`` gives the id of an entity by its number in the table, ``mentions`` counts the mentions of an id."""

    table: NameTable
    ids: Callable[[int], str]
    mentions: Callable[[str], int]

    def resolve(self, name: str) -> str:
        """The id of the entity of an id, a name or an alias; of several with one name, the most mentioned.

        Raises :class:`NotFound` with the nearest names.
        """
        wanted = name.strip()
        # What is written as the documents write it needs no other characters.
        for comparing in (fold, simplified):
            folded = comparing(wanted)
            found = [bearer for bearer in self.table.bearers_of(folded) if bearer.kind != UNRANKED]
            if found:
                exact = [bearer for bearer in found if bearer.kind in (ID, PREFERRED)]
                ids = {self.ids(bearer.number) for bearer in exact or found}
                return max(ids, key=lambda id_: (self.mentions(id_), id_))
        nearest = self._nearest(folded)
        hint = f"相近的名称：{'、'.join(nearest)}。" if nearest else "可用 kg entities 查看现有名称。"
        raise NotFound(f"没有找到“{name}”，{hint}", nearest)

    def _preferred(self, name: str) -> str:
        """The name of the first entity of a folded name."""
        numbers = [bearer.number for bearer in self.table.bearers_of(name) if bearer.kind != UNRANKED]
        return parse_id(self.ids(min(numbers))).name

    def _nearest(self, wanted: str) -> tuple[str, ...]:
        from rapidfuzz import fuzz, process

        ranked = {
            name for name in self.table.names if any(b.kind != UNRANKED for b in self.table.bearers_of(name))
        }
        names = sorted(name for name in ranked if ":" not in name)
        found = process.extract(wanted, names, scorer=fuzz.ratio, limit=_NEAREST, score_cutoff=_CLOSE)
        close = [name for name, _, _ in found]
        holding = [
            name for name in names if wanted and (wanted in name or (len(name) > 1 and name in wanted))
        ]
        ordered = dict.fromkeys([*close, *sorted(holding, key=len)])
        return tuple(dict.fromkeys(map(self._preferred, ordered)))[:_NEAREST]


def with_vocabulary(
    known: Iterable[tuple[int, Entity]], canonical: Mapping[tuple[str, str], str]
) -> Iterator[tuple[int, Entity]]:
    """Those of some numbered entities for which a dictionary has other names (AI for 人工智能), with these.

    ``canonical`` gives the preferred name by type and folded name.
    """
    more: dict[tuple[str, str], list[str]] = {}
    for (type_, alias), name in canonical.items():
        more.setdefault((type_, name), []).append(alias)
    for number, entity in known:
        others = more.get((entity.type, entity.name))
        if others:
            yield number, replace(entity, aliases=tuple(sorted({*entity.aliases, *others})))


def implied(network: NetworkArrays, first: int) -> Iterator[tuple[int, Entity]]:
    """Broader topics and further units that only facts name, numbered from the first entity on.

    ``first`` is the place of the node behind the last entity.
    """
    others, types = int(network.starts[-1, :3].sum()), network.types_there_are
    documents = len(network.starts) - 1
    for place in range(first, len(network.keys)):
        type_: Any = types[int(network.type_codes[place])]
        if type_ != "Month":
            name = network.names[place - others]
            yield place - others - documents, Entity(network.keys.strings[place], type_, name, (name,))
