"""Model cards as pages show them: Markdown, of which nothing can do harm."""

from markdown_it import MarkdownIt
from markupsafe import Markup

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
"""Cards come with models that people send: markup in them is shown as text, pictures as links."""

_SCROLLS = '<div class="table-scroll" tabindex="0">'
"""Tables of cards are wider than phones."""


def render_card(card: str) -> Markup:
    """Write a card as HTML. Its title is left out, for the page has one."""
    body = card.partition("\n")[2] if card.startswith("# ") else card
    html = _MARKDOWN.render(body).replace("<table>", f"{_SCROLLS}<table>")
    return Markup(html.replace("</table>", "</table></div>"))  # noqa: S704  # all is escaped
