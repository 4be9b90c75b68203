"""The register of people, homes and organisations, with tags that say why."""
