"""What most templates say in one word, by noun; `administration` and `files` are for their own pages."""

from django import template

from dashboard.templatetags import addresses, charts, documents, form_values, states, times

register = template.Library()
for part in (addresses, documents, charts, states, form_values, times):
    register.filters |= part.register.filters
    register.tags |= part.register.tags
