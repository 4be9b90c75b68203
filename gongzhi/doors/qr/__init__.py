"""码上报: printed codes that open the report with place and item already fixed."""
