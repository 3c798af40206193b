"""The table of docs/deprivation.md: districts by `profile` beside what MHCLG publishes for them."""
