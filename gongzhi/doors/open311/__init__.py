"""Open311 GeoReport v2: the interface by which other programs report and follow cases."""
