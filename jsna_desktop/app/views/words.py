"""What a view says where there is nothing to show."""

from jsna_desktop.errors import UserError


def todo_in_window(error: UserError) -> str:
    """What is lacking and what to do, in the window's words."""
    then = "Choose Add data and add the file" if error.todo.startswith("Add") else error.todo
    said = UserError(error.what, where=error.where, found=error.found, expected=error.expected, todo=then).message
    return f"{said[:1].upper()}{said[1:]}"
