"""Clauses: every stretch of talk that could be an action or need statement, found in the dependency parse.

Part of hop 2. Knows spaCy and English grammar; knows nothing of stages, steps, studies or learned judgement.
"""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Doc

from jtbd_nlp.domain import Kind, Modality, Tense
from jtbd_nlp.statements.clause_features import FEATURE_NAMES as FEATURE_NAMES
from jtbd_nlp.statements.clause_features import features_of
from jtbd_nlp.statements.clause_fields import fields_of
from jtbd_nlp.statements.extents import Extent, extents
from jtbd_nlp.statements.trees import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One candidate. `start` and `end` are character offsets into the turn's text.

    `start` is where an action statement begins (the verb, subject and auxiliaries left out), `whole_start` where a
    need statement begins (its subject, question word or auxiliary): `whole_start <= start < end`.
    `construction` names the rule that found it ("root", "conj", "xcomp", "gerund", "passive", "imperative",
    "fragment", ...). `head` is the index (in the turn's Doc) of its main token. `features` has one number for each
    of FEATURE_NAMES, in that order.
    """

    start: int
    end: int
    head: int
    construction: str
    actor: str | None
    verb: str | None
    object: str | None
    context: str | None
    negated: bool
    modality: Modality
    tense: Tense
    habitual: bool
    features: tuple[float, ...] = ()
    whole_start: int = -1


def find_clauses(doc: Doc, *, kind: Kind) -> list[Clause]:
    """Find every candidate of one parsed turn, sorted by (start, end), no two with the same start and end.

    Candidates are many (about three a sentence) and overlap: a learned filter chooses among them. With kind notes
    third-person subjects count as the people observed, which shows in the features. An empty Doc gives no clauses.
    """
    tree = Tree.of(doc)
    found: dict[tuple[int, int], Clause] = {}
    for extent in extents(tree):
        start, end = tree.starts[extent.first], tree.ends[extent.last]
        if (start, end) not in found:
            found[start, end] = _clause(tree, extent, start, end, kind)
    return [found[span] for span in sorted(found)]


def _clause(tree: Tree, extent: Extent, start: int, end: int, kind: Kind) -> Clause:
    fields = fields_of(tree, extent)
    return Clause(
        start=start,
        end=end,
        head=extent.head,
        construction=extent.construction,
        actor=fields.actor,
        verb=fields.verb,
        object=fields.object,
        context=fields.context,
        negated=fields.negated,
        modality=fields.modality,
        tense=fields.tense,
        habitual=fields.habitual,
        features=features_of(tree, extent, fields, kind),
        whole_start=tree.starts[extent.whole],
    )
