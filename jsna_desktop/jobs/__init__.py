"""One module a job: the one place where a workspace, localities, measures and packs meet."""
