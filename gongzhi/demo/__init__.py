"""A fictional district, generated, so that a newcomer can try everything."""
