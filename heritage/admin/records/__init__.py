"""The admin class of each model of records, with its lists, form sections and inlines."""
