"""What a curator can do: each change is checked, recorded durably, and built; or nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, get_args

from api.errors import BadRequest
from api.records import plain
from api.workspace.decisions import Decisions, Entry
from api.workspace.store import Workspace
from kg.curation import Decision, context_of
from kg.errors import NotFound
from kg.model import Entity, EntityType

if TYPE_CHECKING:
    from api.workspace.snapshot import Snapshot

_LIKELY = 0.6
"""Names at least so similar (0..1) may be one thing."""
_UNSURE = 0.7
"""Names whose best mention is less sure than this deserve a look."""
_COMMON = 40
"""A pair of characters that more names share says nothing."""


def entity_type(name: str) -> EntityType:
    """The entity type of that name, in any case. Raises :class:`BadRequest`."""
    known: dict[str, EntityType] = {t.lower(): t for t in get_args(EntityType)}
    if name.lower() not in known:
        raise BadRequest(f"没有“{name}”这种实体类型，可用：{'、'.join(known.values())}。")
    return known[name.lower()]


class Curator:
    """Decisions over one workspace; ``refresh`` makes and publishes a build of what is in force."""

    def __init__(
        self, workspace: Workspace, snapshot: Callable[[], Snapshot], refresh: Callable[[], str | None]
    ) -> None:
        self._workspace = workspace
        self._snapshot = snapshot
        self._refresh = refresh
        self.store = Decisions(workspace.decisions)

    def merge(self, from_: str, into: str, who: str) -> dict[str, Any]:
        """Make two entities of one type one, called as the second."""
        first, second = self._entity(from_), self._entity(into)
        if first.type != second.type:
            raise BadRequest(
                f"“{first.name}”是 {first.type}，“{second.name}”是 {second.type}，请先用 kg retype 统一类型。"
            )
        if first.id == second.id:
            raise BadRequest(f"“{from_}”和“{into}”已经是同一个实体。")
        return self._decide(Decision("", "merge", who, "", first.type, second.name, _surfaces(first)))

    def split(self, entity: str, alias: str, who: str) -> dict[str, Any]:
        """Let an alias of an entity stand for itself."""
        known = self._entity(entity)
        if alias not in known.aliases:
            raise NotFound(
                f"“{known.name}”没有“{alias}”这个别名，现有：{'、'.join(known.aliases)}。", known.aliases
            )
        if len(known.aliases) < 2:
            raise BadRequest(f"“{known.name}”只有一个名称，没有可以拆分的。")
        return self._decide(Decision("", "split", who, "", known.type, alias, (alias,)))

    def rename(self, entity: str, name: str, who: str) -> dict[str, Any]:
        known = self._entity(entity)
        return self._decide(Decision("", "rename", who, "", known.type, _filled(name), _surfaces(known)))

    def retype(self, entity: str, type_: str, who: str) -> dict[str, Any]:
        known, to = self._entity(entity), entity_type(type_)
        return self._decide(Decision("", "retype", who, "", known.type, known.name, _surfaces(known), to))

    def add_alias(self, entity: str, alias: str, who: str) -> dict[str, Any]:
        known = self._entity(entity)
        return self._decide(Decision("", "alias", who, "", known.type, known.name, (_filled(alias),)))

    def add_name(self, type_: str, name: str, aliases: Sequence[str], who: str) -> dict[str, Any]:
        """Add a name to the vocabulary; it is looked for in every document."""
        surfaces = tuple(_filled(a) for a in aliases)
        return self._decide(Decision("", "name", who, "", entity_type(type_), _filled(name), surfaces))

    def reject(self, entity: str, surface: str, who: str) -> dict[str, Any]:
        """Let a surface of an entity be no name anywhere."""
        known = self._entity(entity)
        if surface not in known.aliases:
            raise NotFound(
                f"“{known.name}”没有“{surface}”这个名称，现有：{'、'.join(known.aliases)}。", known.aliases
            )
        return self._decide(Decision("", "reject", who, "", known.type, known.name, (surface,)))

    def reject_mention(self, document: str, start: int, end: int, who: str) -> dict[str, Any]:
        """Let the mention at one place be no name; it is known again by the words around it."""
        snapshot = self._snapshot()
        id_ = snapshot.document(document).id
        for mention in snapshot.mentions:
            if (mention.source.document, mention.source.start, mention.source.end) == (id_, start, end):
                before, after = context_of(snapshot.texts[id_], start, end)
                decision = Decision(
                    "",
                    "reject",
                    who,
                    "",
                    mention.type,
                    mention.name,
                    (mention.surface,),
                    None,
                    id_,
                    before,
                    after,
                )
                return self._decide(decision)
        raise NotFound(f"“{document}”的 {start}–{end} 处没有提及，可用 kg mentions 查看。")

    def undo(self, id_: str, who: str) -> dict[str, Any]:
        """Take a decision back."""
        return {"undone": id_, "build": self._record(lambda: self.store.undoing(id_, who))[1]}

    def undo_like(self, kind: str, words: Sequence[str], who: str) -> dict[str, Any]:
        """Take back the latest decision of a kind that speaks of all ``words`` (names or ids).

        Raises :class:`kg.errors.NotFound`.
        """
        wanted = {word.partition(":")[2] or word for word in words if word}
        for decision in reversed(self.store.curation().decisions):
            if decision.kind == kind and wanted and wanted <= {decision.name, *decision.surfaces}:
                return self.undo(decision.id, who)
        raise NotFound("没有这样的有效决定，可用 kg decisions 查看。")

    def decisions(self) -> list[dict[str, Any]]:
        """The whole history, each decision with whether it is in force."""
        history = self.store.history()
        undone = {e.undoes: e for e in history if e.undoes}
        shapes = []
        for entry in history:
            if entry.decision:
                taken_back = undone.get(entry.decision.id)
                more = {"undone_by": taken_back.who, "undone_when": taken_back.when} if taken_back else {}
                shapes.append(plain(entry.decision) | {"in_force": taken_back is None} | more)
        return shapes

    def review(self) -> list[dict[str, Any]]:
        """What is worth a look: possible duplicates by score, then names that are not sure."""
        snapshot = self._snapshot()
        found = sorted(_duplicates(snapshot.entities), key=lambda d: (-d["score"], d["entities"]))
        for entity in snapshot.entities:
            best = max((m.confidence for m in snapshot.mentions_of(entity.id)), default=1.0)
            if best < _UNSURE:
                found.append({"kind": "unsure", "entities": [entity.id], "score": best})
        return found

    def _entity(self, name: str) -> Entity:
        return self._snapshot().resolve(name)

    def _decide(self, decision: Decision) -> dict[str, Any]:
        entry, build = self._record(lambda: self.store.decided(decision))
        return {"decision": plain(entry.decision), "build": build}

    def _record(self, make: Callable[[], Entry]) -> tuple[Entry, str | None]:
        with self._workspace.writing():
            history = self.store.history()
            entry = make()
            self.store.write((*history, entry))
            try:
                return entry, self._refresh()
            except BaseException:
                self.store.write(history)
                raise


def _surfaces(entity: Entity) -> tuple[str, ...]:
    return tuple(sorted({entity.name, *entity.aliases}))


def _filled(name: str) -> str:
    if not name.strip():
        raise BadRequest("名称是空的，请写出名称。")
    return name.strip()


def _duplicates(entities: Sequence[Entity]) -> Iterator[dict[str, Any]]:
    """Pairs of entities of one type whose names share a rare pair of characters and much else."""
    by_pair: dict[tuple[str, str], list[int]] = {}
    for i, entity in enumerate(entities):
        for pair in {entity.name[k : k + 2] for k in range(len(entity.name) - 1)}:
            by_pair.setdefault((entity.type, pair), []).append(i)
    pairs = {
        (a, b)
        for members in by_pair.values()
        if len(members) <= _COMMON
        for k, a in enumerate(members)
        for b in members[k + 1 :]
    }
    for a, b in sorted(pairs):
        one, other = entities[a], entities[b]
        score = SequenceMatcher(None, one.name, other.name, autojunk=False).ratio()
        if score >= _LIKELY:
            yield {"kind": "duplicate", "entities": [one.id, other.id], "score": round(score, 3)}
