"""Numbers: pure functions over arrays. No files, no workspace, no window."""
