"""Logging: a form machines can read, and never the message of an exception."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

import pytest

from agents import log
from tests.events import SECRET

FORMS: tuple[Literal["json", "text"], ...] = ("json", "text")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Put logging back as pytest had it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    named = {name: logging.getLogger(name).level for name in (*log._HELD_AT_INFO, *log._HELD_AT_WARNING)}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in named.items():
        logging.getLogger(name).setLevel(before)


def fail() -> None:
    raise ValueError(f"cannot parse {SECRET}")


@pytest.mark.parametrize("form", FORMS)
def test_an_exception_is_named_by_class_and_place_only(
    form: Literal["json", "text"], capsys: pytest.CaptureFixture[str]
) -> None:
    log.set_up("INFO", form, "screen")
    try:
        fail()
    except ValueError:
        logging.getLogger("any").exception("could not be handled")
    written = capsys.readouterr().err
    assert SECRET not in written
    assert "ValueError" in written
    assert "test_log.py:" in written
    assert written.count("\n") == 1


@pytest.mark.parametrize("form", FORMS)
def test_a_chain_of_exceptions_is_not_told_either(
    form: Literal["json", "text"], capsys: pytest.CaptureFixture[str]
) -> None:
    log.set_up("INFO", form, "screen")
    try:
        try:
            fail()
        except ValueError as error:
            raise RuntimeError(f"again {SECRET}") from error
    except RuntimeError:
        logging.getLogger("any").exception("twice")
    written = capsys.readouterr().err
    assert SECRET not in written
    assert "RuntimeError" in written


def test_an_entry_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("INFO", "json", "archive")
    logging.getLogger("agents.archive").info("%s records, åäö", 3)
    entry = json.loads(capsys.readouterr().err)
    moment = datetime.fromisoformat(entry.pop("time"))
    assert moment.tzinfo is not None
    assert entry == {"level": "INFO", "process": "archive", "logger": "agents.archive", "message": "3 records, åäö"}


def test_a_plain_entry_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("INFO", "text", "archive")
    logging.getLogger("agents.archive").warning("slow")
    assert capsys.readouterr().err.split(" ", 1)[1] == "archive warning slow\n"


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
@pytest.mark.parametrize("name", ["kafka.consumer.fetcher", "aiokafka.producer", "faust.transport"])
def test_clients_never_print_payloads(name: str, level: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Kafka clients log whole records at DEBUG, so our own level does not reach them."""
    log.set_up(level, "json", "screen")
    logging.getLogger(name).debug("record %s", SECRET)
    logging.getLogger(name).info("record %s", SECRET)
    assert capsys.readouterr().err == ""
    logging.getLogger(name).warning("lost a broker")
    assert "lost a broker" in capsys.readouterr().err


def said_by(name: str, message: str, at: float) -> None:
    """Let a library's one line of code say this at that time."""
    logger = logging.getLogger(name)
    record = logger.makeRecord(name, logging.ERROR, "client.py", 7, message, (), None)
    record.created = at
    logger.handle(record)


def test_a_client_that_repeats_itself_is_heard_twice_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("INFO", "text", "screen")
    for second in range(46):
        said_by("aiokafka", f"no broker at port {second}", 1e9 + second)
    first, second_time = [line.split(" ", 2)[2] for line in capsys.readouterr().err.splitlines()]
    assert first == "error no broker at port 0"
    assert second_time == "error no broker at port 30 (29 more like it since it was last said)"


def test_only_a_step_of_kafkas_loop_that_took_long_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("INFO", "text", "archive")
    told = "Task <x> ran for %ss (>0.100s threshold). It is blocking the event loop"
    said_by("kafka.net.selector", told % "0.325", 1e9)
    said_by("kafka.net.selector", told % "2.500", 1e9)
    said_by("kafka.net.selector", "another matter", 1e9 + 60)
    said = [line.split(" error ")[1] for line in capsys.readouterr().err.splitlines()]
    assert said == [told % "2.500", "another matter"]


def test_our_own_words_are_never_held_back(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("INFO", "text", "screen")
    for second in range(3):
        said_by("agents.takedown", "auth lost", 1e9 + second)
    assert capsys.readouterr().err.count("auth lost") == 3


def test_setting_up_again_replaces_what_was_there(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        log.set_up("INFO", "text", "screen")
    logging.getLogger("any").info("once")
    logging.getLogger("any").debug("not at this level")
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("form", FORMS)
def test_a_number_that_a_library_lets_slip_is_covered(
    form: Literal["json", "text"], capsys: pytest.CaptureFixture[str]
) -> None:
    log.set_up("INFO", form, "screen")
    logging.getLogger("any").warning("cannot parse %s", SECRET)
    written = capsys.readouterr().err
    assert SECRET not in written
    assert "cannot parse [identity number]" in written
