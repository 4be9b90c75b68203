"""Tags that pages of lists use."""
