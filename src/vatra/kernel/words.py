"""Marking sentences for translation without knowing who translates them."""


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for the catalogues; it is translated where it is shown, in the reader's language."""
    return sentence
