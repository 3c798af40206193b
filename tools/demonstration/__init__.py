"""The maker of the demonstration county: Marrowshire, which exists nowhere.

Everything is drawn from seeded generators, so that two runs write the same bytes. Nothing is copied
from a published file: only layouts, and rounded national shapes such as the age structure, are real.
"""
