"""The search index: which sites have which value, as bitmaps in memory, exact after every write.

`rows` and `loader` read values from the database, for the facets that are passed to them;
`snapshot` holds and patches them; `stored_snapshot` saves them for processes that start. A filter
is an AND of ORs of bitmaps, a count the size of an AND. `search.store` keeps the snapshot of a
process up to date.
"""
