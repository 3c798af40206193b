"""JSNA Desktop: health needs of the places people recognise, offline."""

__version__ = "0.1.0"
