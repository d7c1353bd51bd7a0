"""How Anslagsvakt is run: configuration, dashboards, containers and the embedded broker."""
