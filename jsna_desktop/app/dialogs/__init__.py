"""Sheets that lie over the window while something is asked or told."""
