"""Settings: safe defaults, one-line refusals that do not repeat the value, and Kafka's security."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agents import settings
from agents.settings import Process
from pipeline.errors import BadConfiguration

PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have settings of their own."""
    for name in [name for name in os.environ if name.upper().startswith("ANSLAGSVAKT_")]:
        monkeypatch.delenv(name)


def give(monkeypatch: pytest.MonkeyPatch, **variables: str | Path) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"ANSLAGSVAKT_{name}", str(value))


def test_nothing_needs_to_be_set() -> None:
    given = settings.load()
    assert given.kafka() == {"bootstrap_servers": ["127.0.0.1:9092"], "security_protocol": "PLAINTEXT"}
    assert given.metrics_host == "127.0.0.1"
    assert given.policy_file.is_file()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SECURITY_PROTOCOL", "TLS", ["input should be 'plaintext'", "how to talk to Kafka"]),
        ("SASL_MECHANISM", "GSSAPI", ["SASL mechanism"]),
        ("METRICS_PORT", "70000", ["less than or equal to 65535", "0: any free one"]),
        ("METRICS_PORT", "web", ["valid integer"]),
        ("LOG_LEVEL", "LOUD", ["least level that is logged"]),
        ("BATCH_SIZE", "0", ["greater than or equal to 1"]),
        ("COMMIT_INTERVAL", "0", ["greater than 0"]),
        ("PUBLISH_TIMEOUT", "-1", ["greater than 0"]),
        ("DEAD_LETTER_LIMIT", "none", ["dead letters in a row"]),
    ],
)
def test_a_wrong_value_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: list[str]
) -> None:
    give(monkeypatch, **{variable: value})
    with pytest.raises(BadConfiguration) as refused:
        settings.load()
    message = str(refused.value)
    assert message.startswith(f"ANSLAGSVAKT_{variable}: ")
    assert "\n" not in message
    assert [part for part in said if part not in message] == []


def test_a_refusal_does_not_repeat_what_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret may have been pasted into the wrong variable."""
    give(monkeypatch, BATCH_SIZE=PASSWORD)
    with pytest.raises(BadConfiguration) as refused:
        settings.load()
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize("protocol", ["SASL_PLAINTEXT", "SASL_SSL"])
def test_sasl_is_passed_on(monkeypatch: pytest.MonkeyPatch, protocol: str) -> None:
    give(monkeypatch, SECURITY_PROTOCOL=protocol, SASL_USERNAME="anslagsvakt", SASL_PASSWORD=PASSWORD)
    assert settings.load().kafka_security() == {
        "security_protocol": protocol,
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "anslagsvakt",
        "sasl_plain_password": PASSWORD,
    }


def test_tls_files_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, SECURITY_PROTOCOL="SSL", SSL_CAFILE="ca.pem", SSL_CERTFILE="us.pem", SSL_KEYFILE="us.key")
    assert settings.load().kafka_security() == {
        "security_protocol": "SSL",
        "ssl_cafile": "ca.pem",
        "ssl_certfile": "us.pem",
        "ssl_keyfile": "us.key",
    }


def test_the_password_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As container platforms give secrets; the file goes before the variable, without its line break."""
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n", encoding="utf-8")
    give(monkeypatch, SASL_PASSWORD="another", SASL_PASSWORD_FILE=file)
    assert settings.load().kafka_security()["sasl_plain_password"] == PASSWORD


def test_a_password_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    give(monkeypatch, SASL_PASSWORD_FILE=tmp_path / "nowhere")
    with pytest.raises(BadConfiguration, match=r"^ANSLAGSVAKT_SASL_PASSWORD_FILE: cannot be read \(No such file"):
        settings.load().kafka_security()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, SASL_PASSWORD=PASSWORD, PLATFORM_TOKEN=PASSWORD)
    assert PASSWORD not in f"{settings.load()!r} {settings.load()}"


def test_several_brokers_are_given_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, BOOTSTRAP_SERVERS="a:9092,b:9092")
    assert settings.load().kafka()["bootstrap_servers"] == ["a:9092", "b:9092"]


def test_what_is_kept_stands_below_the_data_folder_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, DATA_DIR="/srv/a", STORE_DIR="/srv/store")
    given = settings.load()
    assert (given.store, given.journal, given.token_key) == (
        Path("/srv/store"),
        Path("/srv/a/takedown.sqlite3"),
        Path("/srv/a/token.key"),
    )


def test_each_process_has_a_port_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [settings.load().port_of(process) for process in Process] == [9101, 9102, 9103]
    give(monkeypatch, METRICS_PORT="0")
    assert [settings.load().port_of(process) for process in Process] == [0, 0, 0]
