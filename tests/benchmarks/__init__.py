"""What the collection costs, against what a user would write instead: `make bench`."""
