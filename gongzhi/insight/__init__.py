"""Numbers over long spans: closed months as Parquet, read beside the live tables."""
