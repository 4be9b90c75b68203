"""Questions to the numbers: what was asked, the daily cells, the months in the lake."""
