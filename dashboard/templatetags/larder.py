"""What most templates say in one word, by noun; `steering` and `files` are for their own pages."""

from django import template

from dashboard.templatetags import addresses, documents, pictures, states, telling, times

register = template.Library()
for part in (addresses, documents, pictures, states, telling, times):
    register.filters |= part.register.filters
    register.tags |= part.register.tags
