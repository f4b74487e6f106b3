"""Web: the reader's pages, the editor's preview and what operators look at, over one App."""
