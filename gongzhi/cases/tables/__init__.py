"""The desk's lists as they can be taken out: as filtered, in the asker's layout."""
