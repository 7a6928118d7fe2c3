"""Model cards as pages show them."""

import pytest

from dashboard.model_cards import render_card


def test_tables_and_paragraphs_are_drawn_and_the_title_is_left_out() -> None:
    html = render_card(
        "# Classifier\n\nIt tells.\n\n| truth | recall |\n|---|---|\n| mask | 0.9 |\n"
    )
    assert "Classifier" not in html
    assert "<p>It tells.</p>" in html
    assert "<td>mask</td>" in html


@pytest.mark.parametrize(
    "card",
    [
        pytest.param("<script>alert(1)</script>", id="a script"),
        pytest.param("[here](javascript:alert(1))", id="a link that does something"),
        pytest.param("![x](https://elsewhere.example/x.png)", id="a picture from elsewhere"),
        pytest.param('<img src=x onerror="alert(1)">', id="a picture that does something"),
    ],
)
def test_nothing_in_a_card_does_harm(card: str) -> None:
    html = render_card(card)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_an_empty_card_is_empty() -> None:
    assert render_card("") == ""
