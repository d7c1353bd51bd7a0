"""Benchmarks: figures are ratios between contestants in one run on one machine, never times that a test waits for."""
