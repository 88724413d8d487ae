"""The history of records and of change sets, and the page that undoes them."""
