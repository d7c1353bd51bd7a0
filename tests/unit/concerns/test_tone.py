"""The tone model: the committed file is what the recipe makes, it is small and safe, and it can only ask people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detect.concerns.built import load_concern_recogniser
from pipeline.detect.concerns.features import features, masked
from pipeline.detect.concerns.tone import BUILT_IN, load_tone
from pipeline.detect.finding import Concern, Entity, Finding
from pipeline.detect.wording import lowered, wording
from pipeline.errors import BadConfiguration
from tests.generated.texts import texts
from training import corpus, train

TONE = load_tone()
WEIGHTS = np.load(BUILT_IN)["weights"].astype(int)
RECOGNISER = load_concern_recogniser()
MEGABYTE = 1_000_000
SAID = [
    (Concern.THREAT, "jag hittar dig, din jävel, och då är du död"),
    (Concern.INSULT, "du är så jävla ful och dum att ingen vill ha dig"),
    (Concern.HEALTH, "min son har svår epilepsi och går på medicin"),
    (Concern.SCHOOL_PUPIL, "min dotter går i trean och blir mobbad i skolan"),
]
ORDINARY = [
    "När öppnar biblioteket på lördag?",
    "Min faktura stämmer inte, vem ringer jag?",
    "Tack för fin service på bygglovet!",
    "jag tycker att bussen ska gå oftare",
]


def test_the_committed_model_is_what_the_recipe_makes() -> None:
    """Corpus, names or code changed since it was trained: run `make train`."""
    assert train.recipe() == TONE.recipe


@pytest.mark.slow
def test_training_again_gives_the_same_file(tmp_path: Path) -> None:
    texts, truth, _ = train.told_rows()
    train.fit(tmp_path / "again.npz", texts, truth)
    with np.load(BUILT_IN) as committed, np.load(tmp_path / "again.npz") as again:
        assert set(committed) == set(again)
        assert bytes(committed["vocabulary"]) == bytes(again["vocabulary"])
        np.testing.assert_allclose(committed["weights"].astype(int), again["weights"].astype(int), atol=1)


def test_the_model_is_small_and_holds_no_objects() -> None:
    assert BUILT_IN.stat().st_size < MEGABYTE
    with np.load(BUILT_IN, allow_pickle=False) as data:
        assert {"O"}.isdisjoint(array.dtype.kind for array in data.values())


def test_the_corpus_has_thousands_of_rows_and_many_that_say_nothing() -> None:
    rows = list(corpus.rows(train.TELLINGS, train.SEED))
    nothing = sum(not row.concerns for row in rows)
    assert len(rows) > 4_000
    assert 0.35 < nothing / len(rows) < 0.65
    assert set(Concern) == {concern for row in rows for concern in row.concerns}


def test_the_same_seed_tells_the_same_corpus() -> None:
    once, twice = ([row.text for row in corpus.rows(2, 7)] for _ in range(2))
    assert once == twice


@pytest.mark.parametrize(("concern", "text"), SAID, ids=[c for c, _ in SAID])
def test_the_model_hears_it(concern: Concern, text: str) -> None:
    assert concern in {tone.concern for tone in TONE.says(wording(text), ())}


@pytest.mark.parametrize("text", ORDINARY)
def test_the_model_is_silent_on_ordinary_comments(text: str) -> None:
    assert TONE.says(wording(text), ()) == []


def _counted(plain: str) -> tuple[int, ...]:
    rows = [TONE.index[feature] for feature in features(plain) if feature in TONE.index]
    return (len(rows), *WEIGHTS[rows].sum(axis=0).tolist())


def test_the_counting_matches_the_training_features() -> None:
    """`ToneModel` counts without making the features; both must agree, or the weights mean nothing."""
    for row in corpus.rows(1, 3):
        plain = masked(lowered(row.text), ())
        assert TONE.weighed(wording(plain)) == _counted(plain)


@given(st.one_of(texts(), st.text(alphabet="aåÄ1_²½٣.,!? '–…😅\n\x1c\x85\xa0", max_size=30)))
def test_a_text_is_cut_as_the_features_are(text: str) -> None:
    plain = masked(lowered(text), ())
    assert TONE.weighed(wording(plain)) == _counted(plain)


def test_names_and_numbers_are_masked() -> None:
    plain = masked("anna karlsson har 31 katter", (Finding(Entity.PERSON, 0, 13, 0.9, "x"),))
    assert plain == "nn har 31 katter"
    assert sorted(features(plain)) == ["0", "<katt", "^ nn", "har", "katter", "nn", "nn har", "tter>"]


def test_what_the_model_says_is_never_certain() -> None:
    for row in corpus.rows(1, 5):
        for found in RECOGNISER.find_concerns(row.text, ()):
            if found.rule.endswith("-tone"):
                assert not found.certain
                assert found.why.tier == "tone"


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04"], ids=["empty", "text", "cut-zip"])
def test_a_broken_model_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tone.npz"
    path.write_bytes(content)
    with pytest.raises(BadConfiguration, match="no tone model"):
        load_tone(path)
