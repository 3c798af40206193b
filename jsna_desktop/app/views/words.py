"""What a view says where there is nothing to show."""

from jsna_desktop.errors import UserError


def todo_in_window(error: UserError) -> str:
    """What is lacking and what to do, in the window's words."""
    then = "Choose Add data and add the file." if error.todo.startswith("Add") else error.todo
    parts = (f"{error.message[:1].upper()}{error.message[1:]}.", f"{error.found}." if error.found else "", then)
    return " ".join(part for part in parts if part)
