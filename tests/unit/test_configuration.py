"""A broken policy or register is refused in one line that names file, line, field and remedy."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import deploy
from agents.configuration import load_accounts, load_policy
from pipeline.detect.finding import Concern, Entity
from pipeline.errors import BadConfiguration
from pipeline.event import ObjectKind
from pipeline.policy import Mode, weaker

SHIPPED = Path(deploy.__file__).parent / "config"

RULE = """\
[[rule]]
id = "identity-number"
entities = ["SE_PERSONNUMMER"]
mode = "delete"
legal_basis = "OSL 21 kap. 7 §"
"""
IN_SCHOOL = '[rule.departments]\nschool = "delete"\n'
DECISION = """\
[[decision]]
rules = ["identity-number"]
mode = "delete"
on = 2026-11-02
by = "kommunstyrelsens ordförande"
why = "a year of review showed no mistake"
"""
ACCOUNT = """\
[[account]]
platform = "facebook"
id = "eslovskommun"
department = "school"
owner = "Kommunikation"
"""


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "given.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(load: Callable[[Path], object], path: Path) -> str:
    with pytest.raises(BadConfiguration) as refused:
        load(path)
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (
            RULE.replace('"delete"', '"remove"'),
            4,
            ["rule[0].mode", "remove", "use one of observe, review, hide, delete"],
        ),
        (RULE.replace("SE_PERSON", "PERSON"), 3, ["entities", "PERSONNUMMER", "use one of SE_PERSONNUMMER"]),
        (RULE.replace("entities", "concerns"), 3, ["concerns", "use one of HEALTH"]),
        (RULE.replace("legal_basis", "legal"), 5, ["unknown field `legal`", "remove it or mend its spelling"]),
        (RULE.replace("legal_basis =", "# ="), 1, ["missing required field `legal_basis`", "add it"]),
        (RULE.replace("OSL 21 kap. 7 §", ""), 5, ["rule[0].legal_basis", "length >= 1"]),
        (RULE.replace("identity-number", "Identity number"), 2, ["rule[0].id", "regex"]),
        (RULE + "act_at = 1.2\n", 6, ["rule[0].act_at", "<= 1"]),
        (RULE + "act_at = 0.2\n", 2, ["identity-number", "review_at over act_at", "lower review_at"]),
        (RULE + 'act_at = "high"\n', 6, ["rule[0].act_at", "float"]),
        (RULE + RULE.replace("delete", "hide") + "review_at = -1\n", 11, ["rule[1].review_at", ">= 0"]),
        (RULE + RULE, 7, ["rule 'identity-number' occurs 2 times", "keep one"]),
        (RULE.replace("entities", "#"), 2, ["looks for nothing", "give it entities or concerns"]),
        (RULE + '[rule.departments]\nschool = "off"\n', 6, ["departments", "off", "use one of observe"]),
        ("[limits]\nletter = 'review'\n" + RULE, 1, ["limits"]),
        ("[limits]\nmessage = 'shred'\n" + RULE, 1, ["limits", "use one of observe"]),
        ("[brakes]\nper_account_per_hour = 0\n" + RULE, 2, ["brakes.per_account_per_hour", ">= 1"]),
        ("[deadlines]\nremoval_minutes = 'soon'\n" + RULE, 2, ["deadlines.removal_minutes", "int"]),
        ("", 1, ["missing required field `rule`", "add it"]),
        (RULE, 2, ["'identity-number' is delete, and nobody has decided that", "add a [[decision]]"]),
        (RULE + DECISION.replace("delete", "hide"), 2, ["'identity-number' is delete, and nobody has decided"]),
        (
            DECISION.replace('"delete"', '"review"') + RULE.replace("delete", "review") + IN_SCHOOL,
            8,
            ["is delete in school, and nobody has decided"],
        ),
        (RULE + DECISION.replace("2026-11-02", '"in autumn"'), 9, ["decision[0].on", "date"]),
        (RULE + DECISION.replace("why =", "#"), 6, ["missing required field `why`", "add it"]),
        (RULE + DECISION.replace('"kommunstyrelsens ordförande"', '""'), 10, ["decision[0].by", "length >= 1"]),
        ("[reposts]\ndays = 500\n" + RULE, 2, ["reposts.days", "<= 400"]),
        (RULE + 'notice = "shout"\n', 6, ["rule[0].notice", "use one of none, people, send"]),
    ],
    ids=[
        "mode",
        "entity",
        "concern",
        "unknown field",
        "missing law",
        "empty law",
        "rule name",
        "score over one",
        "scores the wrong way round",
        "score is a word",
        "second rule",
        "repeated",
        "looks for nothing",
        "department's mode",
        "kind of object",
        "limit's mode",
        "brake of zero",
        "deadline is a word",
        "empty",
        "undecided",
        "decided less",
        "decided less in a department",
        "decision without a day",
        "decision without a reason",
        "decision by nobody",
        "reposts known for ever",
        "notice",
    ],
)
def test_a_broken_policy_names_file_line_field_and_remedy(
    tmp_path: Path, content: str, line: int, said: list[str]
) -> None:
    path = written(tmp_path, content)
    message = refusal(load_policy, path)
    assert "\n" not in message
    assert [part for part in said if part not in message] == []
    assert message.startswith(f"{path}:{line}: ")
    assert re.search(r": [^:]+$", message)


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (ACCOUNT.replace("owner", "#"), 1, ["missing required field `owner`", "add it"]),
        (ACCOUNT.replace("Kommunikation", ""), 5, ["account[0].owner", "length >= 1"]),
        (ACCOUNT.replace('"school"', '"Skolan!"'), 4, ["account[0].department", "regex"]),
        (ACCOUNT.replace("facebook", "Face book"), 2, ["account[0].platform", "regex"]),
        (ACCOUNT + "phone = 1\n", 6, ["unknown field `phone`"]),
        (ACCOUNT + ACCOUNT, 8, ["account 'facebook/eslovskommun' occurs 2 times", "keep one"]),
    ],
    ids=["nobody answers", "empty owner", "department", "platform", "unknown field", "repeated"],
)
def test_a_broken_register_names_file_line_field_and_remedy(
    tmp_path: Path, content: str, line: int, said: list[str]
) -> None:
    path = written(tmp_path, content)
    message = refusal(load_accounts, path)
    assert "\n" not in message
    assert [part for part in said if part not in message] == []
    assert message.startswith(f"{path}:{line}: ")


@pytest.mark.parametrize("load", [load_policy, load_accounts])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read (No such file or directory): check the path and its rights"),
        (b"\xff\xfe", "is not UTF-8: save it as UTF-8"),
        ("[[rule", "is not TOML"),
    ],
    ids=["missing", "not UTF-8", "not TOML"],
)
def test_what_is_no_file_of_ours_is_refused(
    tmp_path: Path, load: Callable[[Path], object], content: str | bytes | None, said: str
) -> None:
    path = tmp_path / "absent.toml" if content is None else written(tmp_path, content)
    message = refusal(load, path)
    assert message.startswith(f"{path}: ")
    assert said in message
    assert "\n" not in message


def test_a_policy_is_read_as_written(tmp_path: Path) -> None:
    content = "[limits]\nmessage = 'review'\n" + RULE + "[rule.departments]\nschool = 'hide'\n" + DECISION
    policy = load_policy(written(tmp_path, content))
    assert policy.version == hashlib.sha256(content.encode()).hexdigest()
    assert policy.limits == {ObjectKind.MESSAGE: Mode.REVIEW}
    [rule] = policy.rule
    assert (rule.mode_in("school"), rule.mode_in("library")) == (Mode.HIDE, Mode.DELETE)


def test_any_change_of_the_file_is_another_version(tmp_path: Path) -> None:
    """Every verdict names the policy that made it (invariant 9), so even a comment counts."""
    one = load_policy(written(tmp_path, RULE + DECISION)).version
    assert load_policy(written(tmp_path, RULE + DECISION + "# reviewed\n")).version != one


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(RULE.replace("delete", "observe"), id="observing"),
        pytest.param(RULE.replace("delete", "hide") + DECISION, id="going less far than decided"),
        pytest.param(RULE.replace("delete", "review") + IN_SCHOOL + DECISION, id="decided everywhere"),
        pytest.param(
            RULE.replace("delete", "observe") + IN_SCHOOL + DECISION + 'departments = ["school"]\n', id="decided there"
        ),
        pytest.param(
            RULE + DECISION.replace("11-02", "11-01").replace('"delete"', '"review"') + DECISION, id="decided anew"
        ),
    ],
)
def test_a_rule_goes_as_far_as_somebody_has_decided(tmp_path: Path, content: str) -> None:
    assert load_policy(written(tmp_path, content)).rule


def test_the_last_decision_counts(tmp_path: Path) -> None:
    """A step back that was decided is not undone by an older decision, wherever that stands in the file."""
    taken_back = DECISION.replace("11-02", "11-20").replace('"delete"', '"review"')
    assert "nobody has decided" in refusal(load_policy, written(tmp_path, taken_back + RULE + DECISION))


def test_accounts_are_known_by_platform_and_id(tmp_path: Path) -> None:
    accounts = load_accounts(written(tmp_path, ACCOUNT)).by_identity()
    assert {key: account.department for key, account in accounts.items()} == {("facebook", "eslovskommun"): "school"}


def test_the_shipped_policy_holds_what_the_guidelines_ask() -> None:
    """Confidential numbers are taken down, and every kind of concern reaches people."""
    policy = load_policy(SHIPPED / "policy.toml")
    watched = {concern for rule in policy.rule for concern in rule.concerns}
    assert watched == set(Concern)
    deleting = {entity for rule in policy.rule for entity in rule.entities if rule.mode is Mode.DELETE}
    assert deleting >= {Entity.SE_PERSONNUMMER, Entity.SE_SAMORDNINGSNUMMER, Entity.CREDIT_CARD, Entity.IBAN_CODE}
    assert policy.limits[ObjectKind.MESSAGE] is Mode.REVIEW
    assert all(rule.legal_basis for rule in policy.rule)


def test_modes_are_a_ladder() -> None:
    assert [mode.reach for mode in (Mode.OBSERVE, Mode.REVIEW, Mode.HIDE, Mode.DELETE)] == [0, 1, 2, 3]
    assert weaker(Mode.DELETE, Mode.REVIEW) is weaker(Mode.REVIEW, Mode.DELETE) is Mode.REVIEW
