"""Tables that come in and go out: reading what people send, checking it row by row, writing what they ask for in their own layout."""
