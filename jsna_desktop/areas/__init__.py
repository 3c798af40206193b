"""Places: building blocks, localities, and how much of each block a locality holds."""
