"""The index: which sites have which value, as bitmaps in memory, exact after every write.

`facts` reads values from the database, `state` holds and patches them, `store` keeps a
process's state fresh. A filter is an AND of ORs of bitmaps, a count the size of an AND.
"""
