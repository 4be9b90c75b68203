"""Commands that serve the product."""
