"""All record formats, in the order of recognition: the first that fits a record is its format."""

from __future__ import annotations

from harness.user_files.formats.alpaca import Alpaca
from harness.user_files.formats.contract import RecordFormat
from harness.user_files.formats.dolly import Dolly
from harness.user_files.formats.flan import Flan
from harness.user_files.formats.open_assistant import OpenAssistant
from harness.user_files.formats.open_orca import OpenOrca
from harness.user_files.formats.openai_messages import OpenAiMessages
from harness.user_files.formats.plain_text import PlainText
from harness.user_files.formats.preference import Preference
from harness.user_files.formats.prompt_completion import PromptCompletion
from harness.user_files.formats.share_gpt import ShareGpt
from harness.user_files.formats.super_natural_instructions import SuperNaturalInstructions
from harness.user_files.formats.text_label import TextLabel
from harness.user_files.formats.triplet import Triplet

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
