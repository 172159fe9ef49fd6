"""What people call things → the entities they mean; where there is none, the nearest names there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rapidfuzz import fuzz, process

from api.indexing.tokens import simplified
from kg.errors import NotFound
from kg.model import Entity

_NEAREST = 5
"""Names that are offered where one is not found."""
_CLOSE = 50
"""Names at least so similar (0..100) may be meant."""


@dataclass(frozen=True)
class Naming:
    """``known`` are all entities with every name one may use; ``mentions`` counts the mentions of an id."""

    known: Sequence[Entity]
    mentions: Callable[[str], int]

    @cached_property
    def _names(self) -> dict[str, list[Entity]]:
        names: dict[str, list[Entity]] = {}
        for entity in self.known:
            for name in {entity.id, entity.name, *entity.aliases}:
                names.setdefault(simplified(name), []).append(entity)
        return names

    def resolve(self, name: str) -> str:
        """The id of the entity of an id, a name or an alias; of several with one name, the most mentioned.

        Raises :class:`NotFound` with the nearest names.
        """
        wanted = simplified(name.strip())
        found = self._names.get(wanted)
        if found:
            exact = [e for e in found if simplified(e.name) == wanted or simplified(e.id) == wanted]
            return max(exact or found, key=lambda e: (self.mentions(e.id), e.id)).id
        nearest = self._nearest(wanted)
        hint = f"相近的名称：{'、'.join(nearest)}。" if nearest else "可用 kg entities 查看现有名称。"
        raise NotFound(f"没有找到“{name}”，{hint}", nearest)

    def _nearest(self, wanted: str) -> tuple[str, ...]:
        names = [name for name in self._names if ":" not in name]
        found = process.extract(wanted, names, scorer=fuzz.ratio, limit=_NEAREST, score_cutoff=_CLOSE)
        close = [name for name, _, _ in found]
        holding = [
            name for name in names if wanted and (wanted in name or (len(name) > 1 and name in wanted))
        ]
        ordered = dict.fromkeys([*close, *sorted(holding, key=len)])
        return tuple(dict.fromkeys(self._names[name][0].name for name in ordered))[:_NEAREST]


def with_vocabulary(known: Sequence[Entity], canonical: Mapping[tuple[str, str], str]) -> list[Entity]:
    """Entities with the other names a dictionary has for them (AI for 人工智能).

    ``canonical`` gives the preferred name by type and folded name.
    """
    more: dict[tuple[str, str], list[str]] = {}
    for (type_, alias), name in canonical.items():
        more.setdefault((type_, name), []).append(alias)
    return [
        replace(e, aliases=tuple(sorted({*e.aliases, *more[e.type, e.name]})))
        if (e.type, e.name) in more
        else e
        for e in known
    ]
