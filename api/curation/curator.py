"""What a curator can do: each change is checked, recorded durably, and built; or nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from api.errors import BadRequest
from api.parameters import checked
from api.parameters.types import DocumentName, EntityName, KnownType, NewName, Position, Surface, Who
from api.schemas import DecidedShape, RecordedShape, ReviewShape, UndoneShape
from api.shaping import decision_shape, recorded_shape
from api.workspace.decisions import Decisions, Entry
from api.workspace.store import Workspace
from kg.curation import Decision, context_of
from kg.errors import NotFound
from kg.model import Entity, Mention

if TYPE_CHECKING:
    from api.workspace.snapshot import Snapshot


class Curator:
    """Decisions over one workspace; ``refresh`` makes and publishes a build of what is in force.

    Every decision raises :class:`BadRequest` for what cannot be decided and :class:`kg.errors.NotFound` for names
    that there are not; then nothing is recorded.
    """

    def __init__(
        self, workspace: Workspace, snapshot: Callable[[], Snapshot], refresh: Callable[[], str | None]
    ) -> None:
        self._workspace = workspace
        self._snapshot = snapshot
        self._refresh = refresh
        self.store = Decisions(workspace.decisions)

    @checked
    def merge(self, from_: EntityName, into: EntityName, who: Who) -> DecidedShape:
        """Make two entities of one type one, called as the second."""
        first, second = self._entity(from_), self._entity(into)
        if first.type != second.type:
            raise BadRequest(
                f"“{first.name}”是 {first.type}，“{second.name}”是 {second.type}，请先用 kg retype 统一类型。"
            )
        if first.id == second.id:
            raise BadRequest(f"“{from_}”和“{into}”已经是同一个实体。")
        return self._decide(Decision("", "merge", who, "", first.type, second.name, _surfaces(first)))

    @checked
    def split(self, entity: EntityName, alias: Surface, who: Who) -> DecidedShape:
        """Let an alias of an entity stand for itself."""
        known = self._entity(entity)
        _must_be_of(known, alias, "别名")
        if len(known.aliases) < 2:
            raise BadRequest(f"“{known.name}”只有一个名称，没有可以拆分的。")
        return self._decide(Decision("", "split", who, "", known.type, alias, (alias,)))

    @checked
    def rename(self, entity: EntityName, name: NewName, who: Who) -> DecidedShape:
        """Call an entity by another name."""
        known = self._entity(entity)
        return self._decide(Decision("", "rename", who, "", known.type, name, _surfaces(known)))

    @checked
    def retype(self, entity: EntityName, type_: KnownType, who: Who) -> DecidedShape:
        """Let an entity be of another type."""
        known = self._entity(entity)
        decision = Decision("", "retype", who, "", known.type, known.name, _surfaces(known), type_)  # type: ignore[arg-type]
        return self._decide(decision)

    @checked
    def add_alias(self, entity: EntityName, alias: NewName, who: Who) -> DecidedShape:
        """Give an entity one more name, which is looked for in every document."""
        known = self._entity(entity)
        return self._decide(Decision("", "alias", who, "", known.type, known.name, (alias,)))

    @checked
    def add_name(self, type_: KnownType, name: NewName, aliases: Sequence[NewName], who: Who) -> DecidedShape:
        """Add a name to the vocabulary; it is looked for in every document."""
        return self._decide(Decision("", "name", who, "", type_, name, tuple(aliases)))  # type: ignore[arg-type]

    @checked
    def reject(self, entity: EntityName, surface: Surface, who: Who) -> DecidedShape:
        """Let a surface of an entity be no name anywhere."""
        known = self._entity(entity)
        _must_be_of(known, surface, "名称")
        return self._decide(Decision("", "reject", who, "", known.type, known.name, (surface,)))

    @checked
    def reject_mention(
        self, document: DocumentName, start: Position, end: Position, who: Who
    ) -> DecidedShape:
        """Let the mention at one place be no name; it is known again by the words around it."""
        snapshot = self._snapshot()
        id_ = snapshot.document(document).id
        records = snapshot.records(id_)
        for mention in records.mentions:
            if (mention.source.start, mention.source.end) == (start, end):
                return self._decide(_rejection(mention, records.text, who))
        raise NotFound(f"“{document}”的 {start}–{end} 处没有提及，可用 kg mentions 查看。")

    @checked
    def undo(self, decision: str, who: Who) -> UndoneShape:
        """Take a decision back, given by its id. Raises :class:`kg.errors.NotFound`."""
        _, build = self._record(lambda: self.store.undoing(decision, who))
        return UndoneShape(undone=decision, build=build)

    def decisions(self) -> list[RecordedShape]:
        """The whole history, each decision with whether it is in force."""
        history = self.store.history()
        undone = {entry.undoes: entry for entry in history if entry.undoes}
        made = [entry.decision for entry in history if entry.decision]
        return [recorded_shape(decision, undone.get(decision.id)) for decision in made]

    def review(self) -> list[ReviewShape]:
        """What is worth a look: possible duplicates by score, then names that are not sure."""
        from api.curation import review

        snapshot = self._snapshot()
        return review.worth_a_look(snapshot.entities, snapshot.mentions_of)

    def _entity(self, name: str) -> Entity:
        return self._snapshot().resolve(name)

    def _decide(self, decision: Decision) -> DecidedShape:
        made: list[Decision] = []

        def entry() -> Entry:
            stamped = self.store.decided(decision)
            made.append(stamped)
            return Entry(stamped)

        _, build = self._record(entry)
        return DecidedShape(decision=decision_shape(made[0]), build=build)

    def _record(self, make: Callable[[], Entry]) -> tuple[Entry, str | None]:
        with self._workspace.writing():
            history = self.store.history()
            entry = make()
            before = self._workspace.state().build
            self.store.write((*history, entry))
            try:
                return entry, self._refresh()
            except BaseException:
                # A build that was published before the failure holds the decision; then it stands.
                if self._workspace.state().build == before:
                    self.store.write(history)
                raise


def _rejection(mention: Mention, text: str, who: str) -> Decision:
    source = mention.source
    before, after = context_of(text, source.start, source.end)
    return Decision(
        "",
        "reject",
        who,
        "",
        mention.type,
        mention.name,
        (mention.surface,),
        document=source.document,
        before=before,
        after=after,
    )


def _must_be_of(entity: Entity, surface: str, what: str) -> None:
    if surface not in entity.aliases:
        raise NotFound(
            f"“{entity.name}”没有“{surface}”这个{what}，现有：{'、'.join(entity.aliases)}。", entity.aliases
        )


def _surfaces(entity: Entity) -> tuple[str, ...]:
    return tuple(sorted({entity.name, *entity.aliases}))
