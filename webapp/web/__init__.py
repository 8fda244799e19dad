"""Flask glue shared by the phone and the desk: guards, fragments, errors, headers, tokens, filters."""
