"""One file on disk that holds everything: datasets, indicators, localities."""
