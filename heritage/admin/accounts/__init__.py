"""Users, groups and their permissions; how an account logs in."""
