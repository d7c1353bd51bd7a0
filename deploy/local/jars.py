"""How do Kafka's jars get onto this machine: fetched once, verified each time, by one process at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.local.errors import REMEDY, BrokerUnavailable, JarRefused
from deploy.local.lock import LockedJar, is_locked, kafka_version
from deploy.local.maven import maven, missing_extra

if TYPE_CHECKING:
    from jgo.maven import Artifact

_ATTEMPTS = 2  # a broken download or a damaged cache is mended once; what is wrong twice is wrong
_WAIT_FOR_ANOTHER_S = 600.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """How far the first download has come."""

    jars: int
    jars_in_all: int
    bytes: int


OnFetched = Callable[[Fetched], None]


def cache_folder(environment: Mapping[str, str], home: Path) -> Path:
    """Where this user's downloads are kept, by the XDG base directory specification (a relative path there is void)."""
    chosen = Path(environment.get("XDG_CACHE_HOME", ""))
    return (chosen if chosen.is_absolute() else home / ".cache") / "anslagsvakt"


def ensure_jars(
    cache: Path,
    lock: Sequence[LockedJar],
    on_fetched: OnFetched = lambda _: None,
    mirrors: Mapping[str, str] | None = None,
) -> tuple[Path, ...]:
    """Return the lock's jars as local files, each verified now; fetch those that are missing or damaged.

    Blocks: on the network the first time, and while another process fetches into the same cache. A complete cache is
    only read, so it may be read-only. Raises BrokerUnavailable when offline, JarRefused when what comes is not what
    the lock names.
    """
    meter = _Meter(len(lock), on_fetched)
    context = maven(cache / "jars", meter.download, mirrors)
    artifacts = [(jar, context.create_dependency(jar.coordinate).artifact) for jar in lock]
    # The quick way out first: it needs no file lock, and so no right to write.
    missing = [(jar, artifact) for jar, artifact in artifacts if not is_locked(_path(artifact), jar)]
    if missing:
        meter.jars = len(artifacts) - len(missing)
        with _alone(cache):
            for jar, artifact in missing:
                _fetch(jar, artifact, kafka_version(tuple(lock)))
                meter.jar_done()
    return tuple(_path(artifact) for _, artifact in artifacts)


def _fetch(jar: LockedJar, artifact: Artifact, version: str) -> None:
    """Make one jar be there and be right; a wrong file is never left behind."""
    path = _path(artifact)
    for attempt in range(1, _ATTEMPTS + 1):
        if is_locked(path, jar):  # another process may have fetched it while this one waited
            return
        path.unlink(missing_ok=True)
        try:
            artifact.resolve()
        except (OSError, RuntimeError) as error:  # requests' exceptions are OSErrors; jgo raises RuntimeError
            path.unlink(missing_ok=True)
            if attempt == _ATTEMPTS:
                raise BrokerUnavailable(
                    f"Apache Kafka {version} is not on this machine and cannot be fetched ({jar.artifact}: "
                    f"{type(error).__name__}): connect to the Internet once, {REMEDY}"
                ) from error
    if not is_locked(path, jar):
        path.unlink(missing_ok=True)
        raise JarRefused(
            f"{jar.coordinate} is not the file that jars.lock names and was not used: fetch it over another network, "
            f"{REMEDY}"
        )


def _path(artifact: Artifact) -> Path:
    if artifact.cached_path is None:
        raise BrokerUnavailable("jgo was given no folder to keep jars in")
    return artifact.cached_path


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """Hold the cache so that two processes never write the same jar (jgo writes in place)."""
    try:
        from filelock import FileLock, Timeout  # noqa: PLC0415  an optional extra
    except ImportError as error:
        raise missing_extra() from error
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(cache / "jars.filelock", timeout=_WAIT_FOR_ANOTHER_S):
            yield
    except (PermissionError, Timeout) as error:
        raise BrokerUnavailable(
            f"the cache {cache} cannot be used ({type(error).__name__}): choose another folder, {REMEDY}"
        ) from error


class _Meter:
    """Counts jars and bytes for whoever watches."""

    def __init__(self, jars_in_all: int, on_fetched: OnFetched) -> None:
        self.jars = 0
        self._jars_in_all = jars_in_all
        self._bytes = 0
        self._on_fetched = on_fetched

    @contextmanager
    def download(self, _file_name: str, _size: int) -> Iterator[Callable[[int], None]]:
        """What jgo calls for each file it fetches; yields what it calls for each piece."""
        yield self._piece

    def jar_done(self) -> None:
        self.jars += 1
        self._tell()

    def _piece(self, size: int) -> None:
        self._bytes += size
        self._tell()

    def _tell(self) -> None:
        self._on_fetched(Fetched(self.jars, self._jars_in_all, self._bytes))
