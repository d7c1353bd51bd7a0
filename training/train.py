"""The recipe of the tone model: corpus in, weights out. `make train` runs it; the same corpus gives the same file.

A few minutes on two cores. Prints the figures of the model card: five folds that hold out whole templates, so that no
telling of a sentence is judged by a model that saw another telling of it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags  # type: ignore[import-untyped] # scipy ships no types
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from pipeline.detect.concerns import features, tone
from pipeline.detect.finding import Concern
from pipeline.detect.lexicons import BUILT_IN
from pipeline.detect.names import load_person_recogniser
from pipeline.detect.wording import lowered
from training import corpus

TELLINGS = 3
SEED = 20_26
FOLDS = 5
LEAST_ROWS = 3  # a feature seen in fewer rows is forgotten
COST = 30.0
POSITIVE_WEIGHT = 2.0  # a concern is the rarer class
THRESHOLD = 0.5  # one for all: lower, and it takes everyday thanks for something; the lexicons say the plain things
SPARK = 0.35  # of the greatest weight: a word this heavy opens the gate
COMMON = 0.03  # of the rows that say nothing: a word in so many opens it only if it is a word for a person
PERSON_WORDS = "jag mig mej min mitt mina du dig dej din ditt dina han hon honom henne hans hennes i my you your"
LARGEST = 127

Scores = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]


def recipe() -> str:
    """A hash of all that decides the model: corpus and telling, names masked in it, features, this file."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    data = [*sorted((here / "corpus").glob("*.txt")), *sorted((BUILT_IN / "names").glob("*.txt"))]
    for path in [*data, here / "corpus.py", Path(__file__), Path(features.__file__)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def told_rows() -> tuple[list[str], Truth, list[int]]:
    """The masked texts, what each says, and the template each is told from."""
    names = load_person_recogniser()
    told = list(corpus.rows(TELLINGS, SEED))
    texts = [features.masked(lowered(row.text), names.find_persons(row.text)) for row in told]
    truth = np.array([[concern in row.concerns for concern in Concern] for row in told])
    return texts, truth, [row.template for row in told]


def _normal(counts: csr_matrix) -> csr_matrix:
    """Each row over the root of its number of features, as `ToneModel.probabilities` does."""
    lengths = np.sqrt(np.asarray(counts.sum(axis=1)).ravel())
    return diags(1 / np.maximum(lengths, 1)) @ counts


def _with_any(truth: Truth) -> Truth:
    """A last column: whether a row says anything at all."""
    return np.column_stack([truth, truth.any(axis=1)])


def _fitted(texts: list[str], truth: Truth) -> tuple[CountVectorizer, list[LogisticRegression]]:
    vectors = CountVectorizer(analyzer=features.features, min_df=LEAST_ROWS, dtype=np.float64)
    rows = _normal(vectors.fit_transform(texts))
    truth = _with_any(truth)
    weight = {False: 1.0, True: POSITIVE_WEIGHT}
    models = [
        LogisticRegression(C=COST, solver="liblinear", class_weight=weight, random_state=SEED).fit(rows, truth[:, n])
        for n in range(truth.shape[1])
    ]
    return vectors, models


def _held_out(texts: list[str], truth: Truth, groups: list[int]) -> Scores:
    """The probability of each row by a model that never saw its template."""
    scores = np.zeros((len(texts), truth.shape[1] + 1))
    for train, test in GroupKFold(FOLDS).split(texts, groups=groups):
        vectors, models = _fitted([texts[i] for i in train], truth[train])
        rows = _normal(vectors.transform([texts[i] for i in test]))
        scores[test] = np.stack([model.predict_proba(rows)[:, 1] for model in models], axis=1)
    return scores


def train(path: Path = tone.BUILT_IN) -> None:
    """Write the model to `path` and print what it is worth."""
    texts, truth, groups = told_rows()
    scores = _held_out(texts, truth, groups)
    print(f"{len(texts)} rows of {len(set(groups))} templates")  # noqa: T201 - figures for the model card
    for n, concern in enumerate(Concern):
        taken = (scores[:, n] >= THRESHOLD) & (scores[:, -1] >= THRESHOLD)
        right = int((taken & truth[:, n]).sum())
        precision, recall = right / max(1, taken.sum()), right / max(1, truth[:, n].sum())
        print(f"{concern:20} precision {precision:.2f}, recall {recall:.2f}")  # noqa: T201
    fit(path, texts, truth)
    print(f"{path.name}: {path.stat().st_size} bytes")  # noqa: T201


def fit(path: Path, texts: list[str], truth: Truth) -> None:
    """Fit on all rows and write the file."""
    vectors, models = _fitted(texts, truth)
    silent = [set(features.words(text)) for text, said in zip(texts, truth, strict=True) if not said.any()]
    common = {word for word in set().union(*silent) if sum(word in row for row in silent) > COMMON * len(silent)}
    _write(path, vectors, models, common - set(PERSON_WORDS.split()))


def _write(path: Path, vectors: CountVectorizer, models: list[LogisticRegression], common: set[str]) -> None:
    weights = np.stack([model.coef_[0] for model in models], axis=1)
    scale = float(np.abs(weights).max()) / LARGEST
    whole = np.rint(weights / scale).astype(np.int8)
    words = list(vectors.get_feature_names_out())
    kept = [n for n in range(len(words)) if whole[n].any()]
    heavy = whole.max(axis=1) >= SPARK * LARGEST
    sparks = sorted(words[n] for n in kept if heavy[n] and words[n].isalpha() and words[n] not in common)
    np.savez_compressed(
        path,
        weights=whole[kept],
        scale=np.float64(scale),
        bias=np.array([model.intercept_[0] for model in models]),
        thresholds=np.full(len(models), THRESHOLD),
        vocabulary=_text("\n".join(words[n] for n in kept)),
        concerns=_text("\n".join(Concern)),
        sparks=_text("\n".join(sparks)),
        recipe=_text(recipe()),
    )


def _text(value: str) -> npt.NDArray[np.uint8]:
    """A string as an array of bytes, so that the file holds no objects."""
    return np.frombuffer(value.encode(), dtype=np.uint8)


if __name__ == "__main__":
    train()
