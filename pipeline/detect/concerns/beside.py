"""What the model may add to what is said already: of one person a sentence mostly says one thing.

Beside something it must be surer than alone, and surest where both are attacks: who is threatened is mostly called
something too.
"""

from __future__ import annotations

from pipeline.detect.concerns.tone import Tone
from pipeline.detect.finding import Concern

ADDED, ADDED_TO_ATTACK = 0.6, 0.9
_ATTACKS = frozenset({Concern.THREAT, Concern.HATE, Concern.INCITEMENT, Concern.INSULT})


def may_add(tone: Tone, known: frozenset[Concern]) -> bool:
    """Whether the model is sure enough to say this beside what is known already."""
    if not known:
        return True
    if tone.concern in known:
        return False
    return tone.probability >= (ADDED_TO_ATTACK if tone.concern in _ATTACKS and known & _ATTACKS else ADDED)
