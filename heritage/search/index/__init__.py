"""The search index: which sites have which value, as bitmaps in memory, exact after every write.

`rows` and `loader` read values from the database, `snapshot` holds and patches them, `store`
keeps the snapshot of a process up to date, and `stored_snapshot` saves it for processes that
start. A filter is an AND of ORs of bitmaps, a count the size of an AND.
"""
