"""What runs Kafka: a Java, the verified jars, and how much memory it may take."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.jars import OnFetched, ensure_jars
from deploy.local.lock import committed_lock
from deploy.local.maven import java

# Only the quick compiler. A broker that a test throws away is up sooner; one that works for long is better without.
SHORT_LIVED = ("-XX:TieredStopAtLevel=1",)

_OPTIONS = (
    "-XX:+UseSerialGC",  # half a second less to start than G1, and one thread less to keep two cores busy
    "-XX:-UsePerfData",  # a killed broker would leave its file in the system's temporary folder
    "-XX:+ExitOnOutOfMemoryError",  # a broker that limps is worse than one that is started again
    "-Djava.awt.headless=true",
    # Kafka 4.3 uses both on Java 25, which warns about each.
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
)
# Without a UTF-8 locale Java cannot open a path with å, ä or ö. Nothing else of our environment is handed on.
ENVIRONMENT = {"LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class Runtime:
    """A Java program and the jars it runs; `heap` is Java's spelling (`768m`)."""

    java: Path
    jars: tuple[Path, ...]
    heap: str = "768m"
    options: tuple[str, ...] = ()

    def command(self, folder: Path, main_class: str, *arguments: str) -> list[str]:
        """The command line that runs a class of Kafka's, with its log and temporary files in `folder`."""
        return [
            str(self.java),
            f"-Xmx{self.heap}",
            *_OPTIONS,
            *self.options,
            f"-Djava.io.tmpdir={folder / 'tmp'}",
            f"-XX:ErrorFile={folder / 'java-crash.log'}",
            f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.properties')}",
            f"-Dkafka.log.file={folder / 'kafka.log'}",
            "-cp",
            os.pathsep.join(map(str, self.jars)),
            main_class,
            *arguments,
        ]


def embedded_runtime(
    cache: Path,
    *,
    heap: str = "768m",
    options: Sequence[str] = (),
    on_fetched: OnFetched = lambda _: None,
    mirrors: Mapping[str, str] | None = None,
) -> Runtime:
    """The runtime that the `embedded` extra brings; fetches Kafka's jars into `cache` the first time (blocks)."""
    return Runtime(java(), ensure_jars(cache, committed_lock(), on_fetched, mirrors), heap, tuple(options))
