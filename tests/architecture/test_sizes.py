"""Functions and files stay small enough to be read in one go."""

from tests.architecture import source

FUNCTION_LINES = 60
FILE_LINES = 500


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{source.where(path, node)} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in source.python_files()
        for node in source.functions(path)
        if node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]

    assert long == []


def test_no_file_has_outgrown_its_room():
    long = [
        f"{path.relative_to(source.ROOT)}: {lines} lines"
        for path in source.python_files()
        if (lines := path.read_text(encoding="utf-8").count("\n")) > FILE_LINES
    ]

    assert long == []
