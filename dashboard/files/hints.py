"""What to do about a file that failed, by its error code, where its own sentence does not say it. Pure."""

TRY_LATER = "It is not the file's fault: try again when the cause is gone."
OTHER_ADDRESS = "Look the address up in a browser and submit the one that it ends at."
ADVICE = {
    "no_text": "There is nothing to find in it. If it is a scan, let a program recognise the text and upload that.",
    "kind_refused": "",
    "unreadable": "",
    "too_costly": "",
    "not_ok": "Check the address in a browser, without being signed in; then try again.",
    "address_refused": "Only public addresses are fetched. What stands inside comes by a provider, or as a file.",
    "url_refused": OTHER_ADDRESS,
    "redirect_refused": OTHER_ADDRESS,
    "too_many_redirects": OTHER_ADDRESS,
    "body_too_large": "Upload it in parts, or let an operator raise MAX_FILING_BYTES.",
    "dns_failed": "Check the spelling of the name; then try again.",
    "connect_failed": TRY_LATER,
    "connection_lost": TRY_LATER,
    "tls_failed": "Its certificate is not trusted; tell whoever keeps the site, then try again.",
    "timed_out": TRY_LATER,
    "interrupted": "Look at the system page whether workers are well; then try again.",
    "internal": "Try again; if it fails again, an operator finds the cause in the log by the id of this page.",
}
FINAL = (
    "no_text", "kind_refused", "unreadable", "too_costly", "body_too_large", "address_refused", "url_refused",
    "redirect_refused", "too_many_redirects",
)  # fmt: skip
"""Of the same bytes, or the same address, the same comes again."""


def hint_for(code: str) -> str:
    return ADVICE.get(code, TRY_LATER) if code else ""
