"""Which credentials we hold, read from a file that names where each secret is, and the adapters made of them.

The file itself holds no secret: a token stands in a file of its own or in an environment variable, so that it can be
mounted, rotated and guarded by itself. A token file that is written anew is taken up without a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from agents import configuration
from agents.platforms import meta
from agents.platforms.api import Fixed, Token
from agents.platforms.bluesky import Bluesky, BlueskyAccount
from agents.platforms.linkedin import LinkedIn, Organisation
from agents.platforms.mastodon import Mastodon, MastodonAccount
from agents.platforms.oauth import Client, Refreshed, TokenFile
from agents.platforms.platform import Platform, Platforms
from agents.platforms.tiktok import Business, TikTok
from agents.platforms.x import X
from agents.platforms.youtube import Channel, YouTube
from pipeline.errors import BadConfiguration

Name = Literal["facebook", "instagram", "bluesky", "youtube", "mastodon", "x", "linkedin", "tiktok"]
_TOKEN_URLS = {"youtube": "https://oauth2.googleapis.com/token", "x": "https://api.x.com/2/oauth2/token"}


class Credential(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One account's. `account` is its id in our register, `id` the platform's own name for it."""

    platform: Name
    account: str
    id: str | None = None
    server: str | None = None
    token_file: str | None = None
    token_env: str | None = None
    refresh_file: str | None = None
    client_id: str | None = None
    secret_file: str | None = None
    secret_env: str | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    credential: tuple[Credential, ...] = ()


def load(path: Path) -> tuple[Credential, ...]:
    """Read and check the file; raises BadConfiguration."""
    found = configuration.read(path, _File).credential
    seen: set[tuple[str, str]] = set()
    for each in found:
        if (each.platform, each.account) in seen:
            raise BadConfiguration(f"{path}: credential {each.platform}/{each.account} occurs twice: keep one")
        seen.add((each.platform, each.account))
    return found


class Vault:
    """Turns credentials into what adapters ask for; if anything is missing, it names file, account and field."""

    def __init__(self, path: Path, environ: Mapping[str, str], now: Callable[[], datetime]) -> None:
        self._path = path
        self._environ = environ
        self._now = now

    def need(self, credential: Credential, field: Literal["id", "server", "client_id"]) -> str:
        """Return a field that this platform cannot do without."""
        value: str | None = getattr(credential, field)
        if value is None:
            raise self._missing(credential, field)
        return value

    def token(self, credential: Credential) -> Token:
        """Return the account's token: refreshed, kept in a file, or in the environment."""
        if credential.refresh_file is not None:
            url = _TOKEN_URLS.get(credential.platform)
            if url is None:
                raise BadConfiguration(f"{self._where(credential)}: refresh_file: not for this platform: remove it")
            client = Client(url, self.need(credential, "client_id"), self.secret(credential))
            return Refreshed(client, self._readable(credential, credential.refresh_file), self._now)
        if credential.token_file is not None:
            return TokenFile(self._readable(credential, credential.token_file))
        if credential.token_env is not None:
            return Fixed(self._variable(credential, credential.token_env))
        raise self._missing(credential, "token_file")

    def password(self, credential: Credential) -> str:
        """Return what stands for the token as it is now, for platforms that log in with it."""
        return self.token(credential).current()

    def secret(self, credential: Credential) -> str | None:
        """Return the app's or client's secret, if there is one."""
        if credential.secret_file is not None:
            return TokenFile(self._readable(credential, credential.secret_file)).current()
        return None if credential.secret_env is None else self._variable(credential, credential.secret_env)

    def _readable(self, credential: Credential, file: str) -> Path:
        path = self._path.parent / file
        try:
            empty = not path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadConfiguration(
                f"{self._where(credential)}: {path}: cannot be read ({type(error).__name__}): check it"
            ) from None
        if empty:
            raise BadConfiguration(f"{self._where(credential)}: {path}: is empty: write the secret there")
        return path

    def _variable(self, credential: Credential, name: str) -> str:
        if not self._environ.get(name):
            raise BadConfiguration(f"{self._where(credential)}: environment variable {name}: not set: set it")
        return self._environ[name]

    def _missing(self, credential: Credential, field: str) -> BadConfiguration:
        return BadConfiguration(f"{self._where(credential)}: {field}: missing: add it (docs/platforms.md says what)")

    def _where(self, credential: Credential) -> str:
        return f"{self._path}: credential {credential.platform}/{credential.account}"


def connected(path: Path, environ: Mapping[str, str], now: Callable[[], datetime]) -> Platforms:
    """Make an adapter for each platform that the file names; raises BadConfiguration. Calls nobody."""
    vault = Vault(path, environ, now)
    by_platform: dict[Name, list[Credential]] = {}
    for credential in load(path):
        by_platform.setdefault(credential.platform, []).append(credential)
    return {platform: _MAKERS[platform](vault, held) for platform, held in by_platform.items()}


_Held = Sequence[Credential]


def _facebook(vault: Vault, held: _Held) -> Platform:
    return meta.Meta(meta.FACEBOOK, _meta(vault, held))


def _instagram(vault: Vault, held: _Held) -> Platform:
    return meta.Meta(meta.INSTAGRAM, _meta(vault, held))


def _meta(vault: Vault, held: _Held) -> dict[str, meta.MetaAccount]:
    return {c.account: meta.MetaAccount(vault.need(c, "id"), vault.token(c), vault.secret(c)) for c in held}


def _bluesky(vault: Vault, held: _Held) -> Platform:
    default = "https://bsky.social"
    accounts = {c.account: BlueskyAccount(vault.need(c, "id"), vault.password(c), c.server or default) for c in held}
    return Bluesky(accounts)


def _youtube(vault: Vault, held: _Held) -> Platform:
    return YouTube({c.account: Channel(vault.need(c, "id"), vault.token(c)) for c in held})


def _mastodon(vault: Vault, held: _Held) -> Platform:
    return Mastodon({c.account: MastodonAccount(vault.need(c, "server"), vault.token(c)) for c in held})


def _x(vault: Vault, held: _Held) -> Platform:
    return X({c.account: vault.token(c) for c in held})


def _linkedin(vault: Vault, held: _Held) -> Platform:
    return LinkedIn({c.account: Organisation(vault.need(c, "id"), vault.token(c)) for c in held})


def _tiktok(vault: Vault, held: _Held) -> Platform:
    return TikTok({c.account: Business(vault.need(c, "id"), vault.token(c)) for c in held})


_MAKERS: Mapping[Name, Callable[[Vault, _Held], Platform]] = {
    "facebook": _facebook,
    "instagram": _instagram,
    "bluesky": _bluesky,
    "youtube": _youtube,
    "mastodon": _mastodon,
    "x": _x,
    "linkedin": _linkedin,
    "tiktok": _tiktok,
}
