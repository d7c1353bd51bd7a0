"""What we do: every long-running process and every client of Kafka, HTTP, storage and environment."""
