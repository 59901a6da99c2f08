"""All record formats in the order of recognition: a record has the first format that fits it."""

from __future__ import annotations

from harness.user_files.formats.compared.scored_replies import ScoredReplies
from harness.user_files.formats.compared.two_replies import TwoReplies
from harness.user_files.formats.contract import RecordFormat
from harness.user_files.formats.conversations import OpenAiMessages, ShareGpt
from harness.user_files.formats.instruction_formats import Alpaca, Dolly, Flan, OpenOrca
from harness.user_files.formats.multiple_choice.multiple_choice import MultipleChoice
from harness.user_files.formats.open_assistant import OpenAssistant
from harness.user_files.formats.plain_text import PlainText
from harness.user_files.formats.preference import Preference
from harness.user_files.formats.prompt_completion import PromptCompletion
from harness.user_files.formats.super_natural_instructions import SuperNaturalInstructions
from harness.user_files.formats.text_label import TextLabel
from harness.user_files.formats.triplet import Triplet

FORMATS: dict[str, RecordFormat] = {
    record_format.name: record_format
    for record_format in (
        SuperNaturalInstructions(),
        OpenAssistant(),
        Preference(),  # before messages: many preference files repeat the chosen conversation in `messages`
        TwoReplies(),
        ScoredReplies(),
        MultipleChoice(),
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
"""Name -> format. Formats that require fewer columns come later."""
