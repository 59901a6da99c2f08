from harness.items.item import Note
from harness.user_files.decision_log import MOST_NAMES, DecisionLog


def test_decisions_are_counted_in_the_order_in_which_they_came_up() -> None:
    decisions = DecisionLog()
    decisions.count("b", 2)
    decisions.count("never", 0)
    decisions.count("a")
    decisions.count("b")
    assert decisions.notes() == (Note("b", 3), Note("a", 1))


def test_only_the_first_names_get_a_line_of_their_own() -> None:
    decisions = DecisionLog()
    for number in range(MOST_NAMES + 3):
        decisions.count_named("roles {name}", f"r{number}")
    decisions.count_named("roles {name}", "r0")
    notes = decisions.notes()
    assert notes[0] == Note("roles r0", 2)
    assert notes[-1] == Note("roles (others)", 3)
    assert len(notes) == MOST_NAMES + 1


def test_a_name_from_the_file_cannot_break_a_line_or_a_table() -> None:
    decisions = DecisionLog()
    decisions.count_named("roles {name}", "a|b\n<i>" + "x" * 100)
    (note,) = decisions.notes()
    assert note.what == "roles a?b??i?" + "x" * 33
