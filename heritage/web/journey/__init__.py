"""A reader's journey: kept sites in order, by days, to carry along; and sites beside each other."""
