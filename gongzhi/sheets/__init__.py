"""Tables that come in and go out: read, checked row by row, written in the asker's layout."""
