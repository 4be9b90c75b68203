"""Tables of the WeChat door."""
