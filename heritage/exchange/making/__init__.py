"""How fixtures are made: from official tables to objects, file by file."""
