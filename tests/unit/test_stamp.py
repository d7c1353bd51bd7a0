"""The headers of an archived message say where the raw event stood, as their schema promises."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from pipeline.record import RAW_HEADER_PREFIX, Coordinates
from topics import stamp
from topics.catalog import RAW


@pytest.mark.parametrize("timestamp", [0, 1_795_342_530_000, -1])
def test_a_stamp_follows_its_schema(timestamp: int) -> None:
    headers = {name: value.decode("ascii") for name, value in stamp.stamp(Coordinates(RAW, 4, 31200), timestamp)}
    expected = {"topic": RAW, "partition": "4", "offset": "31200", "timestamp": str(timestamp)}
    assert headers == {f"{RAW_HEADER_PREFIX}{name}": value for name, value in expected.items()}
    Draft202012Validator.check_schema(stamp.SCHEMA)
    Draft202012Validator(stamp.SCHEMA).validate(headers)
    assert set(stamp.SCHEMA["required"]) == set(headers) == set(stamp.SCHEMA["properties"])
