"""Several runs as one: methods, how one is chosen out of fold, and what each member contributes."""
