"""Who may see unpublished records: the users who may view them in the admin."""


def may_see(request, permission: str) -> bool:
    """Asked only where something is hidden, so that public pages never look at the session."""
    return request.user.is_staff and request.user.has_perm(f"heritage.{permission}")
