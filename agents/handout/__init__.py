"""How records are handed out to those who ask for them: as pages and packages, covered unless decided otherwise."""
