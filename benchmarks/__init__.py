"""Bars, each measured against its yardstick within one run."""
