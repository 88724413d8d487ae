"""Lists of records: columns, filters and order, editing in a table, export."""
