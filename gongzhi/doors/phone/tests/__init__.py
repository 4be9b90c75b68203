"""Contract tests of the phone desk, against a program that plays the phone system."""
