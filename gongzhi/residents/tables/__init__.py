"""The register as tables: what can be read in, and which lists can be taken out."""
