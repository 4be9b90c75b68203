"""The current catalogue and its scorer, as the rest of the product asks for them."""
