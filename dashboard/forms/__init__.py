"""What people may type. Fields bear the API's names, so that an address of a page reads like a call."""

from dashboard.forms.alerts import ChannelForm
from dashboard.forms.files import CollectionForm, UploadForm
from dashboard.forms.keys import KeyForm
from dashboard.forms.models import ModelForm
from dashboard.forms.providers import CODE, ProviderForm
from dashboard.forms.search import BrowseForm, FilterForm, ManyForm, SearchForm, SignInForm, SourceField, TagsField
from dashboard.forms.users import OwnEmailForm, OwnPasswordForm, UserForm
from dashboard.forms.widgets import WordsField

__all__ = [
    "CODE",
    "BrowseForm",
    "ChannelForm",
    "CollectionForm",
    "FilterForm",
    "KeyForm",
    "ManyForm",
    "ModelForm",
    "OwnEmailForm",
    "OwnPasswordForm",
    "ProviderForm",
    "SearchForm",
    "SignInForm",
    "SourceField",
    "TagsField",
    "UploadForm",
    "UserForm",
    "WordsField",
]
