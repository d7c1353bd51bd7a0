"""The platforms we act on: one adapter per API, and a simulator for the demo and the tests."""
