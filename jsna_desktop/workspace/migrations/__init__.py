"""Steps from each released schema to the next, one SQL file each, named by the schema that it leads to."""
