"""A new user, and one's own e-mail address and password."""

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.password_validation import MinimumLengthValidator, get_default_password_validators
from django.contrib.auth.validators import UnicodeUsernameValidator

from accounts.users import UserRole


def _email_field(*, autocomplete: str) -> forms.EmailField:
    return forms.EmailField(
        label="E-mail address",
        required=False,
        max_length=254,
        help_text="Optional; no two users have the same.",
        error_messages={"invalid": "This is not an e-mail address."},
        widget=forms.EmailInput(attrs={"autocomplete": autocomplete}),
    )


class UserForm(forms.Form):
    name = forms.CharField(
        max_length=150,
        help_text="What they type to sign in.",
        validators=[UnicodeUsernameValidator()],
        error_messages={"required": "Say how they will sign in."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(choices=UserRole.choices, initial=UserRole.VIEWER)
    email = _email_field(autocomplete="off")


class OwnEmailForm(forms.Form):
    email = _email_field(autocomplete="email")

    def __init__(self, user: Any, data: Any = None) -> None:
        super().__init__(data, initial={"email": user.email})


class OwnPasswordForm(PasswordChangeForm):
    """Django's form with our words; its rules are those of AUTH_PASSWORD_VALIDATORS."""

    error_messages = {
        **PasswordChangeForm.error_messages,
        "password_incorrect": "This is not your present password.",
        "password_mismatch": "The two do not match.",
    }

    def __init__(self, user: Any, data: Any = None) -> None:
        super().__init__(user, data)
        labels = {
            "old_password": "Present password",
            "new_password1": "New password",
            "new_password2": "New, again",
        }
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("autofocus", None)
        self.fields["new_password1"].help_text = f"At least {_least()} characters, and not a common password."
        self.fields["new_password2"].help_text = ""


def _least() -> int:
    rules = get_default_password_validators()
    return next(rule.min_length for rule in rules if isinstance(rule, MinimumLengthValidator))
