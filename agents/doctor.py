"""`anslagsvakt doctor`: is everything in place that the processes need? A line each, with the remedy if not."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from agents.admin import connected
from agents.clock import now
from agents.configuration import load_accounts, load_allow_list, load_policy
from agents.platforms.connect import platforms
from agents.platforms.platform import Platforms
from agents.retention import conformance, place
from agents.retention.conformance import Trial
from agents.retention.files import FileObjects
from agents.retention.s3 import S3Objects, connect
from agents.settings import Settings
from agents.topics import drift
from pipeline.errors import AnslagsvaktError, Stop
from pipeline.platform import Answer

_LEAST_FREE_BYTES = 1 << 30
_MOST_CLOCK_ERROR_S = 2.0
_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check found out; `said` names the remedy where it is not well."""

    name: str
    well: bool
    said: str


def examine(settings: Settings) -> Iterator[Checked]:
    """Make every check in turn; each is its own, so that one fault does not hide another."""
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("policy", _policy),
        ("accounts", _accounts),
        ("allow-list", _allow_list),
        ("broker", _broker),
        ("topics", _topics),
        ("store", _store),
        ("platform", _platform),
        ("clock", _clock),
    )
    for name, check in checks:
        try:
            yield Checked(name, well=True, said=check(settings))
        except AnslagsvaktError as error:
            yield Checked(name, well=False, said=str(error))


def try_store(settings: Settings) -> Iterator[Checked]:
    """Put every promise that a record store rests on to the test, on the real one (`agents.retention.conformance`)."""
    try:
        yield from (_tried(trial) for trial in _trials(settings))
    except AnslagsvaktError as error:
        yield Checked("store", well=False, said=str(error))


def _tried(trial: Trial) -> Checked:
    return Checked(
        "store", trial.kept, trial.promise if trial.kept else f"not so: {trial.promise}: use another storage"
    )


def _trials(settings: Settings) -> Iterator[Trial]:
    bucket = place.of(settings).bucket
    if bucket is None:
        try:
            with FileObjects(settings.store) as objects:
                yield from conformance.of_storage(objects)
        finally:
            shutil.rmtree(settings.store / conformance.FOLDER, ignore_errors=True)
        return
    client = connect(bucket)
    with S3Objects(client, bucket.name, conformance.BRIEF, now) as objects:
        yield from conformance.of_storage(objects)
    yield from conformance.of_bucket(client, bucket.name, now)


def _policy(settings: Settings) -> str:
    policy = load_policy(settings.policy_file)
    return f"{len(policy.rule)} rules, version {policy.version[:12]}"


def _accounts(settings: Settings) -> str:
    accounts = load_accounts(settings.accounts_file).account
    return f"{len(accounts)} accounts of {len({account.department for account in accounts})} departments"


def _allow_list(settings: Settings) -> str:
    allowed = load_allow_list(settings.allow_file)
    return f"{len(allowed.domains)} domains, {len(allowed.phone_prefixes)} number ranges"


def _broker(settings: Settings) -> str:
    with connected(settings.kafka()) as admin:
        nodes = len(admin.describe_cluster()["brokers"])
    return f"{nodes} node{'s' * (nodes != 1)} at {settings.bootstrap_servers}"


def _topics(settings: Settings) -> str:
    with connected(settings.kafka()) as admin:
        differing = {deviation.topic for deviation in drift(admin)}
    if differing:
        raise Stop(f"{', '.join(sorted(differing))} differ from the catalogue: anslagsvakt topics apply")
    return "as the catalogue says"


def _store(settings: Settings) -> str:
    where = place.of(settings)
    if where.bucket:
        with S3Objects(connect(where.bucket), where.bucket.name, where.lock, now):
            return f"bucket {where.bucket.name} answers and keeps versions; doctor --store puts it to the test"
    folder = settings.store
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(b"doctor")
            os.fsync(file.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise Stop(
            f"{folder} cannot be written ({error.strerror}): check ANSLAGSVAKT_STORE_DIR and its rights"
        ) from None
    if free < _LEAST_FREE_BYTES:
        raise Stop(f"{folder} has {free >> 20} MiB left: make room, the archive process stops to give receipts without")
    return f"{folder} can be written, {free >> 30} GiB left"


def _platform(settings: Settings) -> str:
    if not settings.platform_url:
        return _credentials(platforms(settings, load_accounts(settings.accounts_file)))
    answered = _ask(settings.platform_url)
    return f"{settings.platform_url} answers ({answered.status_code})"


def _credentials(held: Platforms) -> str:
    checked = {f"{name}/{account}": reply for name in held for account, reply in held[name].check().items()}
    for platform in held.values():
        platform.close()
    bad = [f"{name} ({said.answer}: {said.reason})" for name, said in checked.items() if said.answer is not Answer.DONE]
    if bad:
        raise Stop(f"credentials that do not work: {', '.join(bad)}: renew them, see docs/platforms.md")
    if not checked:
        return "none is set: orders alarm people, and wait until one is"
    return f"credentials work for {', '.join(checked)}"


def _clock(settings: Settings) -> str:
    if not settings.platform_url:
        return f"{datetime.now(UTC).isoformat(timespec='seconds')} (no platform to compare with)"
    told = _ask(settings.platform_url).headers.get("Date")
    if not told:
        return "the platform tells no time to compare with"
    off = abs((datetime.now(UTC) - parsedate_to_datetime(told)).total_seconds())
    if off > _MOST_CLOCK_ERROR_S:
        raise Stop(f"the clock is {off:.0f} s off: exposure times and deadlines are wrong until it is set (NTP)")
    return f"within {_MOST_CLOCK_ERROR_S:g} s of the platform's"


def _ask(url: str) -> httpx.Response:
    try:
        return httpx.get(url, timeout=_TIMEOUT_S, trust_env=False)
    except httpx.HTTPError as error:
        raise Stop(f"{url} does not answer ({type(error).__name__}): check ANSLAGSVAKT_PLATFORM_URL") from None
