from __future__ import annotations

from datetime import date

import pytest

from tracking.reading.return_dates import return_date_in

MONDAY = date(2026, 8, 3)

NOTICES = [
    # Dutch
    ("Ik ben met vakantie van 3 t/m 17 augustus.", date(2026, 8, 18)),
    ("Ik ben afwezig tot en met vrijdag 14 augustus 2026.", date(2026, 8, 17)),
    ("Op maandag 24 augustus ben ik weer aanwezig.", date(2026, 8, 24)),
    ("Vanaf dinsdag 18-08-2026 ben ik weer bereikbaar.", date(2026, 8, 18)),
    ("Ik ben terug op 17/8.", date(2026, 8, 17)),
    ("Wij zijn gesloten tot 2 jan.", date(2027, 1, 2)),
    ("Morgen ben ik er niet; ik ben donderdag weer bereikbaar vanaf donderdag.", date(2026, 8, 6)),
    ("Ik ben vandaag afwezig. Ik ben terug op woensdag.", date(2026, 8, 5)),
    ("Ik ben maandag 17 augustus weer terug.", date(2026, 8, 17)),
    ("Wegens vakantie afwezig, maandag 17 augustus weer terug", date(2026, 8, 17)),
    ("Ik ben 17/8 weer bereikbaar.", date(2026, 8, 17)),
    ("Maandag 3 aug en dinsdag 4 aug afwezig, woensdag 5 aug weer terug.", date(2026, 8, 5)),
    ("Ik ben donderdag weer op kantoor.", date(2026, 8, 6)),
    # English
    ("I am out of the office until August 17th.", date(2026, 8, 17)),
    ("I will be back in the office on Monday, 17 August 2026.", date(2026, 8, 17)),
    ("I am on leave from 1 August to 14 August and return on 17 August.", date(2026, 8, 17)),
    ("Returning 2026-08-19.", date(2026, 8, 19)),
    ("I'm away until 08/17/2026.", date(2026, 8, 17)),
    ("I'll be back on the 21st of August.", date(2026, 8, 21)),
    ("I am back tomorrow.", date(2026, 8, 4)),
    ("Out of office through Friday, Aug 14, 2026", date(2026, 8, 17)),
    # German
    ("Ich bin bis einschließlich 14.08.2026 nicht im Büro.", date(2026, 8, 17)),
    ("Ich bin vom 3. bis zum 17. August im Urlaub.", date(2026, 8, 17)),
    ("Ab dem 18. August bin ich wieder erreichbar.", date(2026, 8, 18)),
    ("17. August sind wir wieder da.", date(2026, 8, 17)),
    ("Am Montag, den 17.08. bin ich wieder für Sie da.", date(2026, 8, 17)),
    # French
    ("Je suis en congés jusqu'au 17 août inclus.", date(2026, 8, 18)),
    ("Je serai de retour le lundi 24 août 2026.", date(2026, 8, 24)),
    ("Je suis absent du 3 au 14 août.", date(2026, 8, 14)),
    ("Absente jusqu’au 1er septembre", date(2026, 9, 1)),
]


@pytest.mark.parametrize(("text", "day"), NOTICES)
def test_the_day_of_return_is_found(text, day):
    assert return_date_in(text, MONDAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "Ik ben met vakantie. Bel 020-1234567 bij spoed.",
        "I was away until 12 July.",  # an old notice that nobody switched off
        "I am out of the office until 31 February.",
        "We are open from 9:00 to 17:00.",
        "Vrijdag 14 augustus weer een nieuwe editie.",
        "Our office is at Dorpsstraat 1-3, call +31 20 12-34-56.",
        "",
    ],
)
def test_no_day_is_made_up(text):
    assert return_date_in(text, MONDAY) is None


JUNE = [
    # When the leave begins, and when it ends
    ("Ik ben vanaf 3 juni tot 19 juni afwezig.", 19),
    ("Ich bin ab 3. Juni bis 19. Juni im Urlaub.", 19),
    ("I am on leave starting 3 June until 19 June.", 19),
    ("Ik ben per 1 juni tot 19 juni met verlof.", 19),
    ("Ik ben vanaf 3 juni tot 19 juni afwezig en daarna weer bereikbaar.", 19),
    ("Ich bin bis zum 12.06.2026 im Urlaub. Meine Vertretung ab 01.06. ist Frau Weber.", 12),
    ("Tot 19 juni afwezig, vanaf 22 juni weer bereikbaar.", 22),
    ("I'm out from 3 June, back 8 June.", 8),
    # Whose days, and of what
    ("Ik ben afwezig tot 15 juni. Neem contact op met Jan, bereikbaar tot 30 september.", 15),
    ("Ik ben afwezig tot 15 juni, neem contact op met Jan, bereikbaar tot 30 september.", 15),
    ("I am away until 8 June. Office closed from 24 December to 2 January.", 8),
    ("I will be out until 8 June. Our office is closed from 24 December to 2 January.", 8),
    ("Ich bin am 8. Juni zurück. Messe bis 30.09.2026.", 8),
    # Other ways of saying it
    ("15 juni terug op kantoor", 15),
    ("Retour prévu le 15 juin", 15),
    ("Je serai de nouveau joignable à partir du 15 juin.", 15),
    ("Ik ben er weer op woensdag", 3),
    ("Back next Monday", 8),
    ("I will return on the 15th.", 15),
    ("I am away until the end of June.", 30),
    ("Ik ben tot eind juni op vakantie.", 30),
    # The last day away, before a weekend or not
    ("Ik ben t/m woensdag 3 juni afwezig.", 4),
    ("Ik ben tot en met vrijdag 5 juni afwezig.", 8),
    ("Je suis absent jusqu'au 4 juin inclus.", 5),
    ("Ich bin bis einschließlich 4. Juni nicht im Büro.", 5),
    ("I am away until and including 4 June.", 5),
]


@pytest.mark.parametrize(("text", "day"), JUNE)
def test_the_day_of_return_is_told_from_others(text, day):
    assert return_date_in(text, date(2026, 6, 1)) == date(2026, 6, day)


@pytest.mark.parametrize(
    "text",
    [
        "Vanaf 3 juni ben ik met vakantie.",
        "Ab dem 3. Juni bin ich nicht erreichbar.",
        "I am on leave as of 3 June.",
        "Ik ben afwezig. Jan is bereikbaar tot 30 september.",
        "I am away, please call me back on Monday 8 June.",
    ],
)
def test_the_day_of_leaving_or_of_others_is_no_return(text):
    assert return_date_in(text, date(2026, 6, 1)) is None


@pytest.mark.parametrize(("written_on", "day"), [((6, 20), (7, 15)), ((12, 20), (1, 15))])
def test_a_day_of_the_month_alone_is_the_next_such_day(written_on, day):
    year = 2027 if day[0] == 1 else 2026
    found = return_date_in("I return on the 15th.", date(2026, *written_on))
    assert found == date(year, *day)


def test_a_day_without_a_year_is_the_next_such_day():
    assert return_date_in("Ik ben terug op 4 januari", date(2026, 12, 22)) == date(2027, 1, 4)
