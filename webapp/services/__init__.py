"""Use cases, one file a noun. Load, permission, state, rule, write, audit entry: one transaction each. No Flask."""
