"""The papers of a dossier (表格与文书), a module a subject; a painter fills one sheet."""
