"""Whether text is recognised on pictures (OCR), and in which languages: what the settings say."""

from django.conf import settings

from ingestion.extract.ocr.door import Ocr


def chosen_ocr() -> Ocr | None:
    """None where it is switched off."""
    if not settings.OCR_LANGUAGES:
        return None
    return Ocr(languages=tuple(settings.OCR_LANGUAGES), most_pages=settings.MAX_OCR_PAGES)


def reads_pictures() -> bool:
    return bool(settings.OCR_LANGUAGES)
