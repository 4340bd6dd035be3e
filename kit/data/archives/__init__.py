"""Archives opened safely: what they list, the limits they have to keep, and their extraction."""
