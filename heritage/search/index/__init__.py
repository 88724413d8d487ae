"""The index: which sites have which value, as bitmaps in memory, exact after every write.

`rows` and `loader` read values from the database, `snapshot` holds and patches them, `store` keeps
a process's snapshot fresh, `stored_snapshot` lays it down for the next process. A filter is an AND
of ORs of bitmaps, a count the size of an AND.
"""
