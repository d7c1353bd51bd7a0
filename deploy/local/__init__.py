"""A real Apache Kafka on this machine, from pip alone: no Docker, no Java, no Maven."""
