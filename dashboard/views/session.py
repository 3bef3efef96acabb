"""Signing in and out."""

from django.contrib.auth.views import LoginView, LogoutView

from dashboard.forms import SignInForm

sign_in = LoginView.as_view(
    template_name="dashboard/login.html", authentication_form=SignInForm, redirect_authenticated_user=True
)
sign_out = LogoutView.as_view()
