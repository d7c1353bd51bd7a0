"""What the processes promise each other: topic names, keys, retention, bytes."""
