"""The database handle and the stored records, one file a subject. No rules, no Flask."""
