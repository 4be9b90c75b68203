"""Commands of the WeChat door."""
