"""One file per kind of value: each a pure function from a reading to findings."""
