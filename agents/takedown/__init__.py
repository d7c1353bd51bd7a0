"""The takedown process: it carries out orders on the platforms, and can prove what it did."""
