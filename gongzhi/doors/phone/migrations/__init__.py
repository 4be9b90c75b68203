"""Tables of the phone desk."""
