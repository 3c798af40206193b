"""The reference data that ships: outlines, lookup and postcodes of England and Wales, made from public packages."""
