"""Commands of `manage.py`, in `commands/`; beside them what several of them share."""
