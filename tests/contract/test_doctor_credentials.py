"""What the doctor says of platform credentials: those that work, those that do not, and none at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents import doctor
from agents.platforms.simulated import Item
from agents.settings import Settings
from pipeline.errors import Stop
from tests.peers.dialects import MastodonDialect
from tests.peers.loopback import TOKEN, speaking


def settings(folder: Path, *tokens: str, server: str) -> Settings:
    """One Mastodon account for each token."""
    file = folder / "credentials.toml"
    for number, token in enumerate(tokens):
        (folder / f"token{number}").write_text(token, encoding="utf-8")
    file.write_text(
        "".join(
            f'[[credential]]\nplatform = "mastodon"\naccount = "a{n}"\nserver = "{server}"\ntoken_file = "token{n}"\n'
            for n in range(len(tokens))
        ),
        encoding="utf-8",
    )
    return Settings(credentials_file=file)


def test_credentials_that_work_are_named(tmp_path: Path) -> None:
    with speaking(MastodonDialect()) as server:
        server.platform.seed(Item("1", "eslovskommun"))
        said = doctor._platform(settings(tmp_path, TOKEN, TOKEN, server=server.url))
    assert said == "credentials work for mastodon/a0, mastodon/a1"


def test_credentials_that_do_not_work_are_named_with_the_reason(tmp_path: Path) -> None:
    with speaking(MastodonDialect()) as server:
        server.platform.seed(Item("1", "eslovskommun"))
        with pytest.raises(Stop) as caught:
            doctor._platform(settings(tmp_path, TOKEN, "another", server=server.url))
    assert str(caught.value).startswith("credentials that do not work: mastodon/a1 (auth_lost: HTTP 401): renew them")
    assert "another" not in str(caught.value)


def test_no_credentials_are_no_fault(tmp_path: Path) -> None:
    assert doctor._platform(settings(tmp_path, server="http://127.0.0.1:1")).startswith("none is set: orders alarm")
