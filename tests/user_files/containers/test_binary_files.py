import shlex

import pytest

from harness.errors import DataError
from harness.user_files.containers.binary_files import refuse_binary


@pytest.mark.parametrize("head", [b"\xff\xfe\0\0a\0\0\0", "text".encode("utf-16-le")])
def test_the_command_that_converts_a_file_quotes_its_path(head: bytes) -> None:
    with pytest.raises(DataError) as error:
        refuse_binary(head, where="my files/it's.csv")
    command = str(error.value.hint).removeprefix("convert the file: ")
    assert shlex.split(command)[5:7] == ["my files/it's.csv", ">"]
