"""Every setting, read from the environment in this one place; each has a safe default.

The variable of a field is `ANSLAGSVAKT_` and its name in capitals. `docs/settings.md` is checked against this class.
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

import deploy
from deploy.local.jars import cache_folder
from pipeline.errors import BadConfiguration

_CONFIG = Path(deploy.__file__).parent / "config"
_PREFIX = "ANSLAGSVAKT_"


class Process(StrEnum):
    """The long-running processes, and the port where each shows its metrics unless told otherwise."""

    SCREEN = "screen"
    ARCHIVE = "archive"
    TAKEDOWN = "takedown"

    @property
    def default_port(self) -> int:
        """9101, 9102, 9103."""
        return 9101 + tuple(Process).index(self)


class Settings(BaseSettings):
    """What can be set from outside."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="ignore")

    bootstrap_servers: str = Field("127.0.0.1:9092", description="Kafka brokers, host:port, separated by commas")
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="how to talk to Kafka"
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="SASL mechanism, where the protocol has SASL"
    )
    sasl_username: str | None = Field(None, description="SASL user")
    sasl_password: SecretStr | None = Field(None, description="SASL password (better: sasl_password_file)")
    sasl_password_file: Path | None = Field(None, description="file that holds the SASL password")
    ssl_cafile: Path | None = Field(None, description="CA certificates that the brokers are checked against (PEM)")
    ssl_certfile: Path | None = Field(None, description="our certificate, where brokers ask for one (PEM)")
    ssl_keyfile: Path | None = Field(None, description="the key of that certificate (PEM)")

    policy_file: Path = Field(_CONFIG / "policy.toml", description="the policy")
    accounts_file: Path = Field(_CONFIG / "accounts.toml", description="the register of accounts")
    retention_file: Path = Field(_CONFIG / "retention.toml", description="how long records are kept")
    allow_file: Path = Field(_CONFIG / "allow.toml", description="the municipality's own, public numbers and domains")
    data_dir: Path = Field(Path("data"), description="where records, journal and keys are kept unless named below")
    store_dir: Path | None = Field(None, description="the file-system retention store; default: store in data_dir")
    store_bucket: str | None = Field(
        None, description="S3 bucket with Object Lock that holds the records; default: none, they stand in store_dir"
    )
    store_endpoint: str | None = Field(None, description="address of the S3 service; default: Amazon's own")
    store_region: str | None = Field(None, description="region of the bucket")
    store_lock: Literal["none", "governance", "compliance"] = Field(
        "governance", description="how records in a bucket are locked; compliance yields to nobody before its time"
    )
    store_lock_days: int = Field(3650, ge=1, description="for how many days records in a bucket are locked")
    store_key_file: Path | None = Field(
        None, description="the key that closes the records' keys; default: none, records are not sealed"
    )
    record_keys_file: Path | None = Field(
        None, description="the records' own keys, closed; default: record-keys.sqlite3 in data_dir"
    )
    log_key_file: Path | None = Field(
        None, description="key that signs the records' log, made at first start; default: log.key in data_dir"
    )
    media_file: Path | None = Field(
        None, description="which attachments are still to be fetched; default: media.sqlite3 in data_dir"
    )
    media_max_bytes: int = Field(
        20 * 1024 * 1024, ge=0, description="the largest attachment that is fetched; a larger one is noted as missing"
    )
    media_seconds: float = Field(30.0, gt=0, le=150, description="how long fetching one attachment may take at a time")
    media_patience_minutes: float = Field(
        60.0,
        ge=0,
        description="for how long an attachment is asked for before it is given up; deletions wait meanwhile",
    )
    media_allow: str = Field(
        "",
        description="hosts and networks, separated by commas, that attachments may be fetched from though their "
        "addresses are not public (media.example, 10.2.0.0/16)",
    )
    stamp_url: str | None = Field(
        None, description="address of a time stamp authority (RFC 3161) for the daily heads; default: none"
    )
    stamp_roots_file: Path | None = Field(
        None, description="certificates (PEM) that its time stamps are checked against; needed with stamp_url"
    )
    index_url: SecretStr | None = Field(
        None,
        description="database of the record index (SQLAlchemy address); default: SQLite, index.sqlite3 in data_dir",
    )
    journal_file: Path | None = Field(None, description="the takedown journal; default: takedown.sqlite3 in data_dir")
    token_key_file: Path | None = Field(
        None, description="key of the value tokens (HMAC), made at first start; default: token.key in data_dir"
    )

    metrics_host: str = Field("127.0.0.1", description="address where /metrics, /healthz and /readyz are served")
    metrics_port: int | None = Field(None, ge=0, le=65535, description="port of the same; 0: any free one")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="least level that is logged")
    log_format: Literal["json", "text"] = Field("json", description="a JSON object or a plain line for each entry")

    batch_size: int = Field(1000, ge=1, le=10_000, description="most events that share a broker round trip in screen")
    commit_interval: float = Field(0.5, gt=0, le=60, description="seconds between commits of screen")
    publish_timeout: float = Field(
        120.0, gt=0, description="seconds until a publication that cannot be confirmed stops the process"
    )
    dead_letter_limit: int = Field(100, ge=1, description="dead letters in a row that stop a process (brake)")

    nlp_model: str | None = Field(None, description="a spaCy model or folder for names; default: our own gazetteer")
    lexicon_dir: Path | None = Field(None, description="folder with lexicons of your own beside ours")

    credentials_file: Path | None = Field(
        None, description="which credentials we hold for the platforms, and where each secret is: docs/platforms.md"
    )
    platform_url: str | None = Field(None, description="address of the platform simulator (demo and tests)")
    platform_token: SecretStr | None = Field(None, description="bearer token for platform_url")
    cache_dir: Path | None = Field(None, description="where the embedded broker's jars are kept; default: user cache")

    @property
    def store(self) -> Path:
        """The folder of the file-system retention store."""
        return self.store_dir or self.data_dir / "store"

    @property
    def record_keys(self) -> Path:
        """The file of the records' own keys."""
        return self.record_keys_file or self.data_dir / "record-keys.sqlite3"

    @property
    def log_key(self) -> Path:
        """The file of the key that signs the records' log."""
        return self.log_key_file or self.data_dir / "log.key"

    @property
    def media(self) -> Path:
        """The file of the attachments that are still to be fetched."""
        return self.media_file or self.data_dir / "media.sqlite3"

    @property
    def index(self) -> str:
        """The address of the record index; it may hold a password."""
        return self.index_url.get_secret_value() if self.index_url else f"sqlite:///{self.data_dir / 'index.sqlite3'}"

    @property
    def journal(self) -> Path:
        """The file of the takedown journal."""
        return self.journal_file or self.data_dir / "takedown.sqlite3"

    @property
    def cache(self) -> Path:
        """Where the embedded broker's jars are kept."""
        return self.cache_dir or cache_folder(os.environ, Path.home())

    @property
    def token_key(self) -> Path:
        """The file of the token key."""
        return self.token_key_file or self.data_dir / "token.key"

    @property
    def holds(self) -> Path:
        """Where legal holds are written down."""
        return self.data_dir / "holds.jsonl"

    @property
    def access_log(self) -> Path:
        """Where every reading of records is written down."""
        return self.data_dir / "access.jsonl"

    def port_of(self, process: Process) -> int:
        """Where this process shows its metrics."""
        return process.default_port if self.metrics_port is None else self.metrics_port

    def kafka_security(self) -> dict[str, Any]:
        """The security settings in kafka-python's names, none of them where all is plain."""
        values = {
            "security_protocol": self.security_protocol,
            "sasl_mechanism": self.sasl_mechanism if self.security_protocol.startswith("SASL") else None,
            "sasl_plain_username": self.sasl_username,
            "sasl_plain_password": self._password(),
            "ssl_cafile": self.ssl_cafile and str(self.ssl_cafile),
            "ssl_certfile": self.ssl_certfile and str(self.ssl_certfile),
            "ssl_keyfile": self.ssl_keyfile and str(self.ssl_keyfile),
        }
        return {name: value for name, value in values.items() if value is not None}

    def kafka(self) -> dict[str, Any]:
        """What every kafka-python client is given."""
        return {"bootstrap_servers": self.bootstrap_servers.split(","), **self.kafka_security()}

    def _password(self) -> str | None:
        if self.sasl_password_file:
            try:
                return self.sasl_password_file.read_text(encoding="utf-8").strip()
            except OSError as error:
                variable = f"{_PREFIX}SASL_PASSWORD_FILE"
                raise BadConfiguration(f"{variable}: cannot be read ({error.strerror}): check the path") from None
        return self.sasl_password.get_secret_value() if self.sasl_password else None


def load() -> Settings:
    """Read the environment.

    Raises:
        BadConfiguration: a value is wrong; the message names the variable, the fault and the remedy, not the value.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = f"{_PREFIX}{'_'.join(str(part) for part in first['loc']).upper()}"
        field = Settings.model_fields.get(str(first["loc"][0])) if first["loc"] else None
        remedy = f"it is {field.description}" if field else "see docs/settings.md"
        raise BadConfiguration(f"{name}: {first['msg'].lower()}: {remedy}") from None
