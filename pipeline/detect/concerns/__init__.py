"""What a text says, and of whom: lexicons that are data, a reference to a person in reach, a small model for tone."""
