"""How is jars.lock made for another version of Apache Kafka?

`python -m deploy.local.relock > deploy/local/jars.lock`, then look at the difference before it is committed: what is
fetched then is what is trusted from then on.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

from deploy.local.maven import maven

KAFKA = "org.apache.kafka:kafka_2.13:4.3.1"
# Kafka's graph holds log4j but not the piece that sends SLF4J to it, so it would log nowhere. Kafka's own distribution
# has it. It is taken as a single file: in the graph it would change the versions of Kafka's own dependencies.
LOG_BINDING = "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4"


def relock(repository: Path) -> str:
    """The text of a lock for what Maven resolves now; blocks on the network."""
    context = maven(repository)
    kafka = context.create_dependency(KAFKA)
    inputs, needed = context.resolver.resolve([kafka])
    graph = [*inputs, *(each for each in needed if each.scope in {"compile", "runtime"})]
    lines = [
        f"{each.groupId}:{each.artifactId}:{each.version} {_sha256(each.artifact.resolve())}"
        for each in [*graph, context.create_dependency(LOG_BINDING)]
    ]
    header = "# Apache Kafka and what it needs, without addresses. Written by: python -m deploy.local.relock"
    return "\n".join([header, *sorted(lines), ""])


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(relock(Path(folder)))
