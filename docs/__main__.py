"""`python -m docs`: writes every page's made part, the man page and the pictures."""

from __future__ import annotations

from docs import pictures
from docs.made import FOLDER, MAN_PAGE, filled
from docs.man import man_page


def main() -> None:
    """Write what differs from the program."""
    for page in FOLDER.glob("*.md"):
        text = page.read_text(encoding="utf-8")
        made = filled(text)
        if made != text:
            page.write_text(made, encoding="utf-8")
    MAN_PAGE.write_text(man_page(), encoding="utf-8")
    pictures.write()


if __name__ == "__main__":
    main()
