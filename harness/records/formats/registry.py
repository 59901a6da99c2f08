"""All record formats, in the order of recognition: the first that fits a record is its format."""

from __future__ import annotations

from harness.records.formats.alpaca import Alpaca
from harness.records.formats.contract import RecordFormat
from harness.records.formats.dolly import Dolly
from harness.records.formats.flan import Flan
from harness.records.formats.open_assistant import OpenAssistant
from harness.records.formats.open_orca import OpenOrca
from harness.records.formats.openai_messages import OpenAiMessages
from harness.records.formats.plain_text import PlainText
from harness.records.formats.preference import Preference
from harness.records.formats.prompt_completion import PromptCompletion
from harness.records.formats.share_gpt import ShareGpt
from harness.records.formats.super_natural_instructions import SuperNaturalInstructions
from harness.records.formats.text_label import TextLabel
from harness.records.formats.triplet import Triplet

FORMATS: dict[str, RecordFormat] = {
    record_format.name: record_format
    for record_format in (
        SuperNaturalInstructions(),
        OpenAssistant(),
        Preference(),  # before messages: preference files often hold the chosen conversation once more
        ShareGpt(),
        OpenAiMessages(),
        Triplet(),
        Dolly(),
        OpenOrca(),
        Alpaca(),
        Flan(),
        PromptCompletion(),
        TextLabel(),
        PlainText(),
    )
}
"""Name -> format; those that ask for less come later."""
