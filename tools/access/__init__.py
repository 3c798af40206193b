"""The map of docs/access.md."""
