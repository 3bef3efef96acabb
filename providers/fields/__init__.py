"""A provider's fields, each declared once.

A declaration feeds the column's default and bounds, the API in and out, larder.yaml, the form, the audit and the table
in docs/reference/larder.yaml.md. Read `spec` (what can be declared), then `declared` (the fields); `providers.assign`
puts what was set in its place on the row. How a field is added: docs/development/add-a-provider-field.md.
"""

from providers.fields.declared import FIELDS, ProviderFields, Prune, fields_on
from providers.fields.spec import SAID, FieldSpec, Surface

__all__ = ["FIELDS", "SAID", "FieldSpec", "ProviderFields", "Prune", "Surface", "fields_on"]
