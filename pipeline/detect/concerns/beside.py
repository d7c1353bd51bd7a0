"""Which of the things that a text may say stand side by side: of one person a sentence mostly says one thing.

The lexicons take a walking frame that was stolen for health and for a crime. Where they say two things, the model
strikes the one that it gives next to no chance, if it believes another; where they say something, the model must be
surer than alone to add to it, and surest where both are attacks: who is threatened is mostly called something too.
Names that a group is called are no personal attack. At least one thing always stands, and so does what is certain, a
protected identity and whatever a municipality's own words say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from pipeline.detect.concerns.tone import Tone
from pipeline.detect.finding import Concern, ConcernFinding

STRUCK, BELIEVED = 0.03, 0.5
ADDED, ADDED_TO_ATTACK = 0.6, 0.9
_ATTACKS = frozenset({Concern.THREAT, Concern.HATE, Concern.INCITEMENT, Concern.INSULT})


def not_struck(
    found: Sequence[ConcernFinding], chances: Callable[[], Mapping[Concern, float]], own: Collection[str]
) -> list[ConcernFinding]:
    """What the lexicons found, but for what stands beside something far more likely.

    `chances` are asked for only where two things are said; `own` names the rules that nothing strikes.
    """
    said = {finding.concern for finding in found}
    if len(said) < 2:
        return list(found)
    likely = chances()
    believed = any(likely.get(concern, 0) >= BELIEVED for concern in said)

    def stands(finding: ConcernFinding) -> bool:
        if finding.certain or finding.concern is Concern.PROTECTED_IDENTITY or finding.rule in own:
            return True
        chance = likely.get(finding.concern, 1)
        if finding.concern is Concern.INSULT and Concern.HATE in said:
            return chance >= BELIEVED
        return not believed or chance >= STRUCK

    return [finding for finding in found if stands(finding)]


def may_add(tone: Tone, known: frozenset[Concern]) -> bool:
    """Whether the model is sure enough to say this beside what is known already."""
    if not known:
        return True
    if tone.concern in known:
        return False
    return tone.probability >= (ADDED_TO_ATTACK if tone.concern in _ATTACKS and known & _ATTACKS else ADDED)
