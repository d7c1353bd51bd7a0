"""The screen agent: archives every raw event, then decides what becomes of it."""
