"""The credentials file: what it may say, what each fault is told as, and that no secret is ever shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from agents.platforms.bluesky import Bluesky
from agents.platforms.credentials import Vault, connected, load
from agents.platforms.mastodon import Mastodon
from agents.platforms.meta import Meta
from agents.platforms.oauth import Refreshed, TokenFile
from agents.platforms.x import X
from agents.platforms.youtube import YouTube
from pipeline.errors import BadConfiguration
from tests.orders import T0

SECRET = "never-shown-anywhere"
ALL = """
[[credential]]
platform = "facebook"
account = "a"
id = "1000"
token_file = "token"
secret_env = "APP_SECRET"
[[credential]]
platform = "bluesky"
account = "a"
id = "a.example"
token_file = "token"
[[credential]]
platform = "youtube"
account = "a"
id = "UC1"
refresh_file = "token"
client_id = "me"
secret_file = "token"
[[credential]]
platform = "mastodon"
account = "a"
server = "https://social.example"
token_env = "APP_SECRET"
[[credential]]
platform = "x"
account = "a"
refresh_file = "token"
client_id = "me"
[[credential]]
platform = "x"
account = "b"
token_file = "token"
"""


def written(folder: Path, content: str) -> Path:
    (folder / "token").write_text(f"{SECRET}\n", encoding="utf-8")
    (folder / "empty").touch()
    path = folder / "credentials.toml"
    path.write_text(content, encoding="utf-8")
    return path


ENVIRON: Mapping[str, str] = {"APP_SECRET": SECRET}


def test_an_adapter_is_made_for_each_platform(tmp_path: Path) -> None:
    path = written(tmp_path, ALL)
    made = connected(path, ENVIRON, lambda: T0)
    assert {name: type(adapter) for name, adapter in made.items()} == {
        "facebook": Meta,
        "bluesky": Bluesky,
        "youtube": YouTube,
        "mastodon": Mastodon,
        "x": X,
    }
    assert SECRET not in repr([made, load(path), [vars(each) for each in made.values()]])
    for adapter in made.values():
        adapter.close()


def test_where_each_token_comes_from(tmp_path: Path) -> None:
    path = written(tmp_path, ALL)
    vault = Vault(path, ENVIRON, lambda: T0)
    tokens = {(c.platform, c.account): vault.token(c) for c in load(path)}
    assert isinstance(tokens["facebook", "a"], TokenFile)
    assert isinstance(tokens["youtube", "a"], Refreshed)
    assert tokens["mastodon", "a"].current() == tokens["x", "b"].current() == SECRET


FAULTS = {
    "unknown platform": ('platform = "friendster"\naccount = "a"', r"credentials.toml:2: .*platform"),
    "unknown field": ('platform = "x"\naccount = "a"\ntoken = "secret"', r"credentials.toml:4: .*token"),
    "no token": ('platform = "x"\naccount = "a"', r"credentials.toml: credential x/a: token_file: missing: add it"),
    "no id": ('platform = "facebook"\naccount = "a"\ntoken_file = "token"', r"facebook/a: id: missing: add it"),
    "no server": ('platform = "mastodon"\naccount = "a"\ntoken_file = "token"', r"mastodon/a: server: missing"),
    "no such file": ('platform = "x"\naccount = "a"\ntoken_file = "nowhere"', r"x/a: .*nowhere: cannot be read"),
    "an empty file": ('platform = "x"\naccount = "a"\ntoken_file = "empty"', r"x/a: .*empty: is empty: write"),
    "no such variable": (
        'platform = "x"\naccount = "a"\ntoken_env = "NONE"',
        r"x/a: environment variable NONE: not set",
    ),
    "refresh without client": ('platform = "x"\naccount = "a"\nrefresh_file = "token"', r"x/a: client_id: missing"),
    "refresh where there is none": (
        'platform = "tiktok"\naccount = "a"\nid = "1"\nrefresh_file = "token"\nclient_id = "me"',
        r"tiktok/a: refresh_file: not for this platform",
    ),
    "twice": (
        'platform = "x"\naccount = "a"\ntoken_file = "token"\n[[credential]]\nplatform = "x"\naccount = "a"',
        r"credential x/a occurs twice: keep one",
    ),
}


@pytest.mark.parametrize(("content", "told"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_told_in_one_line(tmp_path: Path, content: str, told: str) -> None:
    path = written(tmp_path, f"[[credential]]\n{content}\n")
    with pytest.raises(BadConfiguration, match=told) as caught:
        connected(path, ENVIRON, lambda: T0)
    assert "\n" not in str(caught.value)
    assert SECRET not in str(caught.value)
