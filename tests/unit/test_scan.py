"""`anslagsvakt scan`: what goes in, what comes out, and what is said of a line that cannot be read."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import deploy
from agents import scanning, settings
from agents.configuration import load_allow_list, load_policy
from agents.scan import Form, Scanner, scan_lines, scan_lines_in_words, scan_text
from agents.scan_view import mask
from pipeline.errors import BadConfiguration
from pipeline.policy import Account
from tests.goldens import FOLDER
from tests.recognising import engine

CONFIG = Path(deploy.__file__).parent / "config"
NUMBER = "900707-2383"


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    accounts: Mapping[tuple[str, str], Account] = {}
    return Scanner(engine(), load_policy(CONFIG / "policy.toml"), accounts)


def _scan(scanner: Scanner, *lines: object, values: bool = False, explain: bool = False) -> tuple[int, list[Any], str]:
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    out, err = io.StringIO(), io.StringIO()
    code = scan_lines(scanner, raw, "in.jsonl", out, err, values=values, explain=explain)
    return code, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_a_line_out_for_a_line_in(scanner: Scanner) -> None:
    code, out, err = _scan(scanner, {"id": "a", "text": f"mitt nr {NUMBER}"}, {"id": 2, "text": "hej", "tags": ["x"]})
    assert (code, err) == (0, "")
    assert out == [
        {
            "id": "a",
            "findings": [
                {
                    "type": "SE_PERSONNUMMER",
                    "start": 8,
                    "end": 19,
                    "score": 0.98,
                    "rule": "personnummer.canonical",
                    "field": "/text",
                }
            ],
            "concerns": [],
            "verdict": "remove",
            "rules": ["identity-number"],
        },
        {"id": "2", "findings": [], "concerns": [], "verdict": "pass", "rules": []},
    ]


def test_no_value_is_shown_unless_asked_for(scanner: Scanner) -> None:
    line = {"id": "a", "text": f"mitt nr {NUMBER}"}
    assert NUMBER not in json.dumps(_scan(scanner, line)[1])
    assert _scan(scanner, line, values=True)[1][0]["findings"][0]["value"] == NUMBER


def test_why_is_told_when_asked_for(scanner: Scanner) -> None:
    found = _scan(scanner, {"id": "a", "text": f"personnummer {NUMBER}"}, explain=True)[1][0]["findings"][0]
    assert found["why"] == {"tier": "canonical", "context": ["personal-number-word"], "suppressors": []}


def test_public_values_are_marked_and_pass(scanner: Scanner) -> None:
    out = _scan(scanner, {"id": "a", "text": "mejla kommunen@eslov.se eller ring 0413-620 00"})[1][0]
    assert [(found["type"], found["public"]) for found in out["findings"]] == [
        ("EMAIL_ADDRESS", True),
        ("PHONE_NUMBER", True),
    ]
    assert out["verdict"] == "pass"


def test_raw_events_are_read_in_every_field(scanner: Scanner) -> None:
    event = json.loads((FOLDER / "raw-event.v1.post-with-media.json").read_text())
    event["data"]["text"] = "hej"
    event["data"]["media"] = [{"ocr_text": f"pnr {NUMBER}"}]
    out = _scan(scanner, event)[1][0]
    assert out["id"] == event["id"]
    assert [found["field"] for found in out["findings"]] == ["/media/0/ocr_text"]


BAD = [
    ("not JSON", b"{nonsense", "in.jsonl:2: not JSON"),
    ("not UTF-8", b'{"id": "a", "text": "\xff"}', "in.jsonl:2: not JSON"),
    ("no text", b'{"id": "a"}', "in.jsonl:2: Object missing required field `text`"),
    ("text is a number", b'{"id": "a", "text": 5}', "in.jsonl:2: Expected `str"),
    ("an event of another version", b'{"specversion": "9", "id": "a"}', "in.jsonl:2: no event"),
    ("a list", b"[1]", "in.jsonl:2: Expected `object`"),
]


@pytest.mark.parametrize(("line", "says"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_line_is_named_and_the_rest_goes_on(scanner: Scanner, line: bytes, says: str) -> None:
    code, out, err = _scan(scanner, {"id": "1", "text": "hej"}, line, b"  ", {"id": "4", "text": "då"})
    assert code == 2
    assert [row["id"] for row in out] == ["1", "4"]
    assert err.startswith(says)
    assert err.count("\n") == 1


def test_an_error_quotes_nothing_of_the_line(scanner: Scanner) -> None:
    assert NUMBER not in _scan(scanner, f'{{"id": "a", "text": "{NUMBER}"'.encode())[2]


def test_a_byte_order_mark_is_no_error(scanner: Scanner) -> None:
    assert _scan(scanner, b'\xef\xbb\xbf{"id": "a", "text": "hej"}')[0] == 0


def test_plain_text_is_told_in_words_with_values_masked(scanner: Scanner) -> None:
    shown = io.StringIO()
    code = scan_text(scanner, f"mitt nr {NUMBER}".encode(), "-", Console(file=shown, width=160), io.StringIO(),
                     values=False, explain=True)  # fmt: skip
    assert code == 0
    assert "remove" in shown.getvalue()
    assert "90••••-••••" in shown.getvalue()
    assert "tier canonical" in shown.getvalue()
    assert NUMBER not in shown.getvalue()


def test_lines_can_be_told_in_words(scanner: Scanner) -> None:
    shown = io.StringIO()
    lines = [b'{"id": "a", "text": "Sista fyra 2384"}']
    console = Console(file=shown, width=160)
    code = scan_lines_in_words(scanner, lines, "x", console, io.StringIO(), values=True, explain=False)
    assert code == 0
    assert "review" in shown.getvalue()
    assert "personnummer.last-four" in shown.getvalue()


@pytest.mark.parametrize(("form", "shown"), [(Form.TEXT, "a: review"), (None, '{"id":"a"')], ids=["words", "lines"])
def test_a_file_of_lines_is_told_as_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: Form | None, shown: str
) -> None:
    """`--format text` says each line of a `.jsonl` in words; without it lines come out as they went in."""
    file = tmp_path / "in.jsonl"
    file.write_text('{"id": "a", "text": "Sista fyra 2384"}\n', encoding="utf-8")
    assert scanning.run(settings.load(), file, form, values=False, explain=False) == 0
    assert capsys.readouterr().out.startswith(shown)


def test_text_that_is_no_text_is_refused_in_one_line(scanner: Scanner) -> None:
    err = io.StringIO()
    assert (
        scan_text(scanner, b"\xff\xfe", "bad.txt", Console(file=io.StringIO()), err, values=False, explain=False) == 2
    )
    assert err.getvalue() == "bad.txt: is not UTF-8 (byte 0): save it as UTF-8\n"


@pytest.mark.parametrize(
    ("value", "masked"), [(NUMBER, "90••••-••••"), ("a@b.se", "a@•.••"), ("12 A\nB", "12 • •")], ids=str
)
def test_masks(value: str, masked: str) -> None:
    assert mask(value) == masked


def test_the_shipped_allow_list_is_read() -> None:
    allow = load_allow_list(CONFIG / "allow.toml")
    assert allow.domain("skola.eslov.se")
    assert allow.phone("041362000")
    assert "2120001173" in allow.organisations
    assert not allow.domain("neslov.se")
    assert not allow.phone("0413123456")


BROKEN_ALLOW = [
    ("unknown field", 'domain = ["eslov.se"]', "allow.toml:1: "),
    ("wrong type", "domains = 5", "allow.toml:1: domains"),
    ("too short a prefix", '# x\nphone_prefixes = ["0"]', "allow.toml:2: phone_prefixes: '0' is too short"),
]


@pytest.mark.parametrize(("content", "says"), [row[1:] for row in BROKEN_ALLOW], ids=[row[0] for row in BROKEN_ALLOW])
def test_a_broken_allow_list_is_refused_by_line(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "allow.toml"
    file.write_text(content)
    with pytest.raises(BadConfiguration) as refused:
        load_allow_list(file)
    assert says in str(refused.value)
