"""The files of a context: a document is a file of the collection `memory.<context>`, processed as any other.

The same bytes are one document of a context, whatever scope they come from: its scope set is the union of those that it
was uploaded to, whose tag, `scope:<id>`, stands on the file and on each of its passages in the store.

Read on in this order: `multipart` (a form's parts as bytes), `submitting` (upload, the same again, new bytes, delete),
`listing` (what a reader sees, the published states), `facts` (what models read in them), `keywords`, `searching`.
"""
