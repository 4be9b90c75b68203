"""Contract tests of the WeChat door, against a program that plays WeChat."""
