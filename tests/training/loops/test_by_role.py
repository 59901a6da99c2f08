from harness.models.base_roles import BASE_ROLES
from harness.training.loops.by_role import LOOPS


def test_every_base_role_that_writes_text_has_a_supervised_loop() -> None:
    assert set(LOOPS) == {role.name for role in BASE_ROLES.values() if role.writes_text}
