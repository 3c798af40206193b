"""Documents made from finished findings."""
