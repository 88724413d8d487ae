"""The log-in page: allauth's, with the form kept when a password cannot be checked now."""

from typing import Any

from allauth.account.views import LoginView
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from heritage.admin.accounts.authentication import Refused


class LoginPage(LoginView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().post(request, *args, **kwargs)
        except Refused as refused:
            typed = {"login": request.POST.get("login", "")}
            form = self.get_form_class()(request=request, initial=typed)
            context = self.get_context_data(form=form, refused=refused.words)
            return refused.headed(self.render_to_response(context))
