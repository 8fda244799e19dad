"""The phone: what readers, individuals and approvers do."""
