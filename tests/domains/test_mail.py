from __future__ import annotations

import base64
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness.domains.builders._mail_masking import masked, without_signature
from harness.domains.builders._mail_text import Mail, without_html
from harness.domains.builders.mail import CHARACTERS, FOLDER, GROUPS, build
from harness.errors import DataError
from harness.items.item import Item, Note

BODY = "The new release works for everybody who has tried it so far."


def mail(
    subject: str = "Release",
    body: str = BODY,
    *,
    day: str = "Thu Aug 22",
    sender: str = "Ann Lee <ann@lee.org>",
    **headers: str,
) -> str:
    others = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return f"From list@host.org  {day} 12:36:23 2002\nFrom: {sender}\nSubject: {subject}\n{others}\n{body}\n"


def write_mails(folder: Path, **mails: list[str]) -> None:
    """`easy_ham_1=[...]`; the other groups get one mail of a month that is not used."""
    for group in GROUPS:
        path = folder / FOLDER / group
        path.mkdir(parents=True)
        for number, text in enumerate(mails.get(group.replace("-", "_"), [mail(day="Mon Jan 14")])):
            record = {"id": f"{number:05}", "group": group, "text": text}
            (path / f"{number:05}.json").write_text(json.dumps(record))


def items_of(folder: Path, options: dict[str, Any] | None = None, **mails: list[str]) -> dict[str, Item]:
    write_mails(folder, **mails)
    return {item.id: item for item in build(folder, options or {}).items}


def test_a_mail_becomes_an_item_with_its_label_and_the_month_of_its_thread(tmp_path: Path) -> None:
    items = items_of(
        tmp_path,
        easy_ham_1=[mail("Release 1", day="Wed Jul 31"), mail("Re: [List] release 2", f"{BODY} Indeed.")],
        spam_2=[mail("Win!", "Click at http://win.example/?id=77 and win a lot of money today, dear friend.")],
    )
    assert {name: item.label for name, item in items.items()} == {
        "easy-ham-1-00000": "ham",
        "easy-ham-1-00001": "ham",
        "spam-2-00000": "spam",
    }
    assert items["easy-ham-1-00000"].text == f"Subject: Release 1\n{BODY}"
    threads = [item.cluster for item in items.values()]
    assert threads[0] == threads[1]  # the answer in August belongs to the thread of July
    assert threads[0].startswith("2002-07 ")
    assert threads[2].startswith("2002-08 ")
    assert "http" not in items["spam-2-00000"].text


def test_mails_that_cannot_be_used_are_counted(tmp_path: Path) -> None:
    write_mails(
        tmp_path,
        easy_ham_1=[
            mail(),
            mail("Too short", "Yes."),
            mail("Not for a page", f"{BODY} It is hardcore."),
            mail("Feed", sender="news <rssfeeds@host.org>"),
            mail("Other script", "Ж" * 80),
        ],
    )
    result = build(tmp_path, {})
    assert [item.id for item in result.items] == ["easy-ham-1-00000"]
    assert Note("mails with less than a line of readable text were left out", 2) in result.notes
    assert Note("mails with sexual or vulgar words were left out", 1) in result.notes
    assert Note("mails of other months and of a feed reader were left out", 5) in result.notes


def test_a_month_gives_as_many_ham_as_spam(tmp_path: Path) -> None:
    words = ("one", "two", "three", "four", "five", "six")
    spam = [mail(f"Buy {word}", day=day) for word in words[:4] for day in ("Tue Jul 16", "Mon Sep  2")]
    items = items_of(tmp_path, {"per_month": 3}, easy_ham_2=[mail(f"About {word}") for word in words], spam_1=spam)
    # the copies of September belong to the threads of July
    counts = Counter((item.label, item.cluster[:7]) for item in items.values())
    assert counts == {("ham", "2002-08"): 3, ("spam", "2002-07"): 3}


def test_a_text_ends_with_a_word_before_the_limit(tmp_path: Path) -> None:
    (item,) = items_of(tmp_path, easy_ham_1=[mail("Long", "many words " * 400)]).values()
    assert CHARACTERS - 8 < len(item.text) <= CHARACTERS
    assert item.text.endswith(("many", "words"))


def test_what_others_wrote_and_what_lists_add_is_left_out() -> None:
    body = "On Monday Bob wrote:\n> old text\n| older\nMy   own words\n\n\nand more\n-- \nAnn\nlist@host.org\n"
    sponsor = "-" * 30 + "\nThis sf.net email is sponsored by: us\nBuy"
    assert Mail(mail(body=f"<p>Mine</p>\n{sponsor}")).body == "Mine"
    assert Mail(mail(body=body)).body == "My own words\nand more"
    assert Mail(mail("Re: [ILUG] Fwd:  a question")).subject == "a question"


def test_encoded_parts_and_pages_become_plain_text() -> None:
    page = "<html><head><title>x</title></head><body><!-- y --><p>Free &amp; easy</p><br>Money</body></html>"
    encoded = base64.encodebytes(page.encode()).decode()
    text = mail("=?iso-8859-1?q?Gr=FC=DFe?=", encoded, Content_Type="text/html", Content_Transfer_Encoding="base64")
    assert (Mail(text).subject, Mail(text).body) == ("Grüße", "Free & easy\nMoney")
    parts = "--b\nContent-Type: text/html\n\n<p>page</p>\n--b\nContent-Type: text/plain\n\nplain\n--b--\n"
    assert Mail(mail(body=parts, Content_Type="multipart/alternative; boundary=b")).body == "plain"
    unknown = mail(body="=41=FF", Content_Type="text/plain; charset=none", Content_Transfer_Encoding="quoted-printable")
    assert Mail(unknown).body == "Aÿ"
    assert without_html("<STYLE>p {}</STYLE>a<b>b</b>").split() == ["a", "b"]


def test_the_day_of_receipt_counts_and_not_the_senders_date() -> None:
    assert str(Mail(mail(Date="Fri, 1 Jan 2038 00:00:00 +0000")).received) == "2002-08-22"
    text = "Received: from a by b; Tue, 23 Jul 2002 15:29:53 -0500\nDate: Fri, 1 Jan 1999 00:00:00 +0000\n\nx"
    assert str(Mail(text).received) == "2002-07-23"
    assert Mail("Subject: x\n\nx").received is None


def test_personal_data_is_masked() -> None:
    text = (
        "Subject: Call Robert Elz\n"
        "Dear Chris, robert Elz is at kre@munnari.oz.au or +353 1 234 5678, see www.munnari.oz/~kre\n"
        "Robert\nKRE"
    )
    found = masked(text, everyone={("robert", "elz")}, own={"Robert Elz", "Chris Garrigues"}, mailboxes={"kre"})
    assert found == (
        "Subject: Call [name]\nDear [name], [name] is at [e-mail address] or [telephone number], see [link]"
    )


def test_postal_addresses_and_signatures_without_a_mark_are_masked() -> None:
    text = "Write to 13464 95th Ave NE, Kirkland WA 98034, or <http://a.b/c>"
    assert masked(text, everyone=(), own=(), mailboxes=()) == (
        "Write to [postal address] NE, Kirkland [postal address], or [link]"
    )
    assert without_signature("I agree.\n- Bob Smith") == "I agree."
    assert without_signature("I agree.\nBob is right.") == "I agree.\nBob is right."
    assert without_signature("Thanks") == "Thanks"


def test_a_name_is_masked_in_the_mails_of_others_where_it_is_complete() -> None:
    text = "Ask Robert Elz, not robert."
    assert masked(text, everyone={("robert", "elz")}, own=(), mailboxes=()) == "Ask [name], not robert."


def test_a_file_of_another_layout_and_missing_mails_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there are no mails"):
        build(tmp_path, {})
    write_mails(tmp_path)
    path = tmp_path / FOLDER / "spam-1/00000.json"
    path.write_text('{"id": "1"}')
    with pytest.raises(DataError, match='has no "text"') as caught:
        build(tmp_path, {})
    assert caught.value.where == str(path)
