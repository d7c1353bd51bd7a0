"""The lexicon format: what a municipality may add, and how a broken file is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.detect.concerns.built import load_concern_recogniser
from pipeline.detect.concerns.terms import BadTerm, parse
from pipeline.detect.finding import Concern
from pipeline.errors import BadConfiguration

HEAD = 'concern = "HEALTH"\nbasis = "OSL 25 kap. 1 §"\n'
BROKEN = [
    ("not-toml", "concern = \n", "own.toml: not TOML"),
    ("no-concern", 'basis = "x"\n[[rule]]\nid = "a"\n[rule.terms]\nsv = "ord"\n', "own.toml:1: concern: None is none"),
    ("unknown-concern", 'concern = "LOVE"\nbasis = "x"\n[[rule]]\nid = "a"\n', "own.toml:1: concern: 'LOVE' is none"),
    ("no-basis", 'concern = "HEALTH"\n[[rule]]\nid = "a"\n', "own.toml:1: basis: missing"),
    ("no-id", HEAD + '[[rule]]\nscore = 0.5\n[rule.terms]\nsv = "ord"\n', "own.toml:3: id: missing"),
    ("unknown-field", HEAD + '[[rule]]\nid = "a"\ncolour = 1\n', "own.toml:5: rule 'a': no field is called 'colour'"),
    ("unknown-person", HEAD + '[[rule]]\nid = "a"\nabout = ["cat"]\n', "own.toml:5: rule 'a', about: no 'cat'"),
    ("score", HEAD + '[[rule]]\nid = "a"\nscore = 7\n[rule.terms]\nsv = "ord"\n', "own.toml:5: rule 'a', score: 7"),
    ("no-terms", HEAD + '[[rule]]\nid = "a"\n', "own.toml:4: rule 'a': no terms"),
    ("terms-list", HEAD + '[[rule]]\nid = "a"\n[rule.terms]\nsv = ["ord"]\n', "own.toml:6: rule 'a', sv: not a text"),
    ("bracket", HEAD + '[[rule]]\nid = "a"\n[rule.terms]\nsv = "fin, (ond"\n', "own.toml:6: rule 'a', sv: '(ond'"),
    ("wildcard", HEAD + '[[rule]]\nid = "a"\n[rule.terms]\nsv = "fin, *"\n', "rule 'a', sv: '*' has no fixed letters"),
    ("cue", HEAD + '[[rule]]\nid = "a"\nunless = ["moon"]\n[rule.terms]\nsv = "ord"\n', "no cue is called 'moon'"),
    (
        "certain-model",
        HEAD + '[[rule]]\nid = "a"\nmodel = true\ncertain = true\n',
        "own.toml:6: rule 'a', certain: the model may ask people, never remove",
    ),
    ("where", '[cue.moon]\nwhere = "above"\nsv = "måne"\n', "own.toml:2: cue 'moon', where: 'above'"),
    ("reference", '[reference.cat]\nsv = "katt"\n', "own.toml:1: reference: no 'cat'"),
    (
        "other-concern",
        'concern = "HATE"\nbasis = "x"\n[[rule]]\nid = "health-condition"\n[rule.terms]\nsv = "ord"\n',
        "belongs to HEALTH",
    ),
]
MATCHES = [
    ("ord", "ett ord här", "ett ordval här"),
    ("ord*", "ett ordval här", "ett storord här"),
    ("*ord", "ett storord här", "ett ordval här"),
    ("slå (in|ut) dörren", "slå ut dörren", "slå dörren"),
    ("(gamla )?byn", "byn", "staden"),
    ("en _ katt", "en svart katt", "en katt"),
    ("jag ... adhd", "jag har fått diagnosen adhd", "jag sa. adhd"),
    ("^bröt", "hej. bröt benet", "han bröt benet"),
    ('skrev "', "skrev 'hej'", "skrev hej"),
    (r"k\*k", "vilken k*k", "vilken kokk"),
    ("två ord", "två,\tord", "två. ord"),
]


def write(folder: Path, text: str) -> Path:
    (folder / "concerns").mkdir()
    (folder / "concerns" / "own.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("text", "problem"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_file_is_refused_by_file_line_and_field(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(BadConfiguration) as caught:
        load_concern_recogniser(write(tmp_path, text))
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="no such folder"):
        load_concern_recogniser(tmp_path / "none")


def test_a_municipality_adds_words_to_a_rule_and_rules_of_its_own(tmp_path: Path) -> None:
    own = write(
        tmp_path,
        HEAD + '[[rule]]\nid = "health-condition"\n[rule.terms]\nsv = "blåfeber*"\n'
        '[[rule]]\nid = "our-own"\nscore = 0.4\n[rule.terms]\nsv = "kvarnhosta"\n',
    )
    found = load_concern_recogniser(own).find_concerns("min son har blåfebern och kvarnhosta", ())
    assert {("health-condition", 0.75), ("our-own", 0.4)} == {(f.rule, f.score) for f in found}
    assert {Concern.HEALTH} == {f.concern for f in found}


@pytest.mark.parametrize(("term", "matching", "other"), MATCHES, ids=[case[0] for case in MATCHES])
def test_the_notation(tmp_path: Path, term: str, matching: str, other: str) -> None:
    text = f"concern = \"HATE\"\nbasis = \"x\"\n[[rule]]\nid = \"only\"\n[rule.terms]\nsv = '''{term}'''\n"
    recogniser = load_concern_recogniser(write(tmp_path, text))
    assert "only" in {f.rule for f in recogniser.find_concerns(matching, ())}
    assert "only" not in {f.rule for f in recogniser.find_concerns(other, ())}


@pytest.mark.parametrize("term", ["*", "_ ...", "(a|b", "a)", "x|y", "()?"])
def test_a_term_that_is_no_notation(term: str) -> None:
    with pytest.raises(BadTerm):
        parse(term)
