"""What the catalogue needs of its surroundings: waiting for the database, a lock for the whole
machine, addresses of clients, encryption, logs, caches in memory.

It knows no model. Each of its modules is for all other packages.
"""
