"""What we believe: events, detection, decisions and the logic of a takedown, free of any I/O."""
