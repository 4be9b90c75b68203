"""The register of people, households, dwellings and organisations, collected once, with tags that say why, sealed and searched."""
