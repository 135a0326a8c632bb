"""HTML as the lines a person sees, with what mail programs mark as quoted written the way plain text quotes it.

Output speaks the language of `first_line`: "> " before a quoted line, and a rule of "Original Message" where a program
starts an unmarked copy of the message that is answered. One pass, no tree.
"""

from __future__ import annotations

import html
import re

MAX_HTML = 200_000
MAX_OPEN = 400  # elements open at one time; deeper ones count as text of the last
CUT = "-----Original Message-----"

# Marks in a start tag, lower case, that an element holds quoted text (Gmail, Yahoo, Thunderbird, Proton, AOL, Zoho).
_QUOTED = (
    "gmail_quote", "gmail_attr", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote", "tutanota_quote",
    "aolmailquote", "zmail_extra", "yahooquotedbody", "quoted_text", "ymail_quoted", "mail_quote",
)  # fmt: skip
# Marks that from here on everything is the old message (Outlook on the web, Outlook for phones, Hotmail, Windows Mail).
_CUTS = (
    "divrplyfwdmsg", "appendonsend", "stopspelling", "outlookmessageheader", "mail-editor-reference-message-container",
    "ms-outlook-mobile-reference-message", "reply-intro", "isforwardcontent", "isreplycontent",
)  # fmt: skip
# Outlook and Windows Mail draw a coloured line above the header of the old message.
_RULE = re.compile(r"border-top(?:-color)?\s?:[^;\"']{0,40}(?:#e1e1e1|#b5c4df|#e5e5e5|rgb\(229, ?229, ?229\))")
_HIDDEN = re.compile(
    r"display\s{0,3}:\s{0,3}none|mso-hide\s{0,3}:\s{0,3}all|visibility\s{0,3}:\s{0,3}hidden|"
    r"(?:font-size|opacity|max-height)\s{0,3}:\s{0,3}0(?:\.0{1,3})?(?![.\d])|\shidden(?=[\s=/]|$)"
)
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr"}
_BLOCK = {
    "address", "article", "blockquote", "body", "center", "dd", "div", "dl", "dt", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hr", "html", "li", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul", "br",
}  # fmt: skip
_UNSEEN = {"head", "style", "script", "title", "template", "noscript", "object", "select", "textarea"}
_LINE_THROUGH = re.compile(r"text-decoration(?:-line)?\s{0,3}:[^;\"']{0,40}line-through")
_STRUCK = {"s", "strike", "del"}  # text that its writer crossed out is marked, and so is no answer
_NAME = re.compile(r"/?([a-z][a-z0-9:]{0,20})")


def html_to_text(source: str) -> str:
    """HTML to lines of text, quoted ones begun with "> "."""
    page = _Page()
    for piece in _without_comments(source[:MAX_HTML]).split("<"):
        tag, closed, text = piece.partition(">")
        if name := closed and _NAME.match(tag[:24].lower()):
            page.tag(name[1], tag.lower())
        elif page.started and not (closed and tag[:1] in ("!", "?")):
            text = "<" + piece
        elif not page.started:
            text = piece
        page.started = True
        page.text(text)
    page.end_line()
    return "\n".join(page.lines)


class _Page:
    """What is open and what was written while going through the tags."""

    def __init__(self) -> None:
        self.open: list[tuple[str, bool, bool]] = []  # name, quoted, unseen
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quoted = 0
        self.unseen = 0
        self.started = False

    def tag(self, name: str, tag: str) -> None:
        if name in _BLOCK:
            self.end_line()
        if name in _STRUCK or _LINE_THROUGH.search(tag[:2000]):
            self.text("~")
        if tag.startswith("/"):
            self._close(name)
            return
        if any(mark in tag for mark in _CUTS) or _RULE.search(tag[:2000]):
            self.end_line()
            self.lines.append("> " + CUT if self.quoted else CUT)
        if name in _VOID or tag.endswith("/") or len(self.open) >= MAX_OPEN:
            return
        quoted = name == "blockquote" or any(mark in tag for mark in _QUOTED)
        unseen = name in _UNSEEN or bool(_HIDDEN.search(tag[:2000]))
        self.open.append((name, quoted, unseen))
        self.quoted += quoted
        self.unseen += unseen
        if quoted:
            self.end_line(before=True)

    def _close(self, name: str) -> None:
        for depth in range(len(self.open) - 1, max(-1, len(self.open) - 40), -1):
            if self.open[depth][0] == name:
                for _, quoted, unseen in self.open[depth:]:
                    if quoted:
                        self.end_line()
                    self.quoted -= quoted
                    self.unseen -= unseen
                del self.open[depth:]
                return

    def text(self, text: str) -> None:
        if not self.unseen and text:
            self.line.append(text)

    def end_line(self, before: bool = False) -> None:
        """Write the line; `before` writes it as it stood before the element that has just been opened."""
        line = " ".join(html.unescape("".join(self.line)).split())
        self.line = []
        if line or self.lines[-1:] != [""]:
            depth = self.quoted - before
            self.lines.append(f"> {line}" if depth > 0 and line else line)


def _without_comments(source: str) -> str:
    kept = []
    at = 0
    while (start := source.find("<!--", at)) >= 0:
        kept.append(source[at:start])
        end = source.find("-->", start + 4)
        if end < 0:  # never closed: nothing after it is seen
            return "".join(kept)
        at = end + 3
    return "".join(kept) + source[at:]
