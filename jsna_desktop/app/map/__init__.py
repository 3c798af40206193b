"""The map: one widget, painted by us, with its tools."""
