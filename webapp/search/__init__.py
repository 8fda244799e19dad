"""Full-text search (全文检索): what a text is cut into, the sealed index, and who may find what in it.

The index is disposable: the database holds the truth and one command builds the index again. Everything here
knows only webapp.domain; key, folder, permissions and page texts are arguments.
"""
