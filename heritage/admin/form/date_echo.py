"""How a date is understood, shown below its field and updated while it is typed."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from heritage.services import read_date
from heritage.values import date_parser
from heritage.values.date_format import phrase
from heritage.values.edtf import EDTFError, parse


@dataclass(frozen=True, slots=True)
class Echo:
    """The text below the field of a date."""

    words: str = ""
    edtf: str = ""  # empty where it is what is typed, or where eras are named and no date
    remarks: tuple[str, ...] = ()
    refusal: str = ""  # why it cannot be read


def echo_of(text: str, reads_eras: bool = False, kind: str = "") -> Echo:
    """The echo of a text; `reads_eras` for the date of an event, of that kind."""
    text = text.strip()
    if not text:
        return Echo()
    try:
        if reads_eras:
            reading = read_date(text, kind)
            date, words, remarks = reading.date, reading.phrase(), reading.remarks
        else:
            date = date_parser.parse_date(text)
            words, remarks = phrase(parse(date)), tuple(date_parser.remarks(text))
    except EDTFError as error:
        return Echo(refusal=str(error))
    return Echo(words, date if date != text else "", remarks)


def echo_view(request: HttpRequest) -> HttpResponse:
    """The echo of `text`, with `eras` for the date of an event of `kind`."""
    asked = request.GET
    echo = echo_of(asked.get("text", ""), "eras" in asked, asked.get("kind", ""))
    response = render(request, "admin/date_echo.html", {"echo": echo})
    response["Cache-Control"] = "private, max-age=0"
    return response
