from __future__ import annotations

import time
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
    ("Ich bin vom 3. bis zum 17. August im Urlaub.", date(2026, 8, 18)),
    ("Ab dem 18. August bin ich wieder erreichbar.", date(2026, 8, 18)),
    ("17. August sind wir wieder da.", date(2026, 8, 17)),
    ("Am Montag, den 17.08. bin ich wieder für Sie da.", date(2026, 8, 17)),
    # French
    ("Je suis en congés jusqu'au 17 août inclus.", date(2026, 8, 18)),
    ("Je serai de retour le lundi 24 août 2026.", date(2026, 8, 24)),
    ("Je suis absent du 3 au 14 août.", date(2026, 8, 17)),
    ("Absente jusqu’au 1er septembre", date(2026, 9, 1)),
]


AUGUST = [
    # However the return is worded, and where in the sentence
    ("Ik ben er 10 augustus weer.", 10),
    ("Maandag 10 augustus ben ik er weer.", 10),
    ("Donderdag ben ik er weer.", 6),
    ("Woensdag 12 augustus pak ik mijn mail weer op.", 12),
    ("Mijn eerstvolgende werkdag is maandag 17 augustus.", 17),
    ("Retour op kantoor: ma 17 aug", 17),
    ("I won't be back until Wednesday, August 19.", 19),
    ("I am away and not back before 19 August.", 19),
    ("I am closed for the summer. We reopen on August 24.", 24),
    ("Mein nächster Arbeitstag ist Dienstag, der 18. August.", 18),
    ("Ich kehre am 24. August zurück.", 24),
    ("Je reviens le 17 août.", 17),
    ("Mon retour est prévu le 17 août 2026.", 17),
    ("Je serai de retour à compter du 17/08/2026.", 17),
    ("I am away all summer. Expect me back August 31.", 31),
    ("Je ne serai pas disponible avant le 20 août.", 20),
    ("Je reprendrai mes fonctions le 24/08/2026.", 24),
    ("I am away; I will respond to your message on Wednesday 26 August.", 26),
    ("Tot 24/8 kunt u mijn collega bellen.", 24),
    # However the day is named
    ("I'm on PTO until Mon 8/17.", 17),
    ("Ik ben vanaf week 34 weer aanwezig.", 17),
    ("Ab KW 34 bin ich wieder erreichbar.", 17),
    ("I am on leave and will be back in two weeks.", 17),
    ("Ik ben over 2 weken terug.", 17),
    ("En congés, retour dans deux semaines.", 17),
    ("Ik ben er volgende week dinsdag weer.", 11),
    ("I am back mid-August.", 15),
    ("Je suis absent jusqu'à la fin du mois d'août.", 31),
    # The last day away
    ("On vacation from the 1st - 23rd of August.", 24),
    ("Vom 03.08. bis 16.08.26 im Urlaub.", 17),
    ("Afwezig: 3 - 16 aug.", 17),
    ("I am out of the office August 3-14.", 17),
    ("I'm out of office between 3rd August and 14th August.", 17),
    ("Vakantieperiode 25-07-2026 t/m 16-08-2026.", 17),
    ("Afwezig tot 13 aug ivm verhuizing", 13),
    # Of several days
    ("Out of the office today and tomorrow, back on Wednesday.", 5),
    ("Away today, Monday August 3rd, back tomorrow.", 4),
    ("I am on leave until Friday 14 August. I will be back on Monday.", 17),
    ("Ik ben van 3 t/m 14 augustus op vakantie en vanaf de 17e weer bereikbaar.", 17),
    ("Met verlof tot 10 augustus. Mijn collega Eva vervangt mij tot 1 december.", 10),
]


@pytest.mark.parametrize(("text", "day"), AUGUST)
def test_the_words_around_a_day_tell_what_happens_on_it(text, day):
    assert return_date_in(text, MONDAY) == date(2026, 8, day)


@pytest.mark.parametrize(
    ("written_on", "text", "day"),
    [
        ((8, 3), "Out of office from 8/3/2026 to 8/16/2026, returning 8/17/2026.", (8, 17)),
        ((8, 3), "I am out of office until 8/10/2026.", (8, 10)),
        ((8, 3), "I am out of the office 8/3-8/7.", (8, 10)),
        ((10, 1), "I'm away from 10/1 to 10/5 and back 10/6.", (10, 6)),
        ((9, 7), "Out of office until 9/10.", (9, 10)),
        ((8, 3), "I am OOO through Tuesday 8/11.", (8, 12)),
        ((6, 1), "Out from 6/1/2026 to 6/8/2026, I will return 6/9/2026.", (6, 9)),
        # In the order of all other languages, and of English where the days lie nearer then
        ((9, 1), "I am on leave from 1/9 to 9/9, back on 10/9.", (9, 10)),
        ((9, 7), "Ik ben afwezig tot 9/10.", (10, 9)),
        ((9, 7), "Je suis absent jusqu'au 9/10.", (10, 9)),
        ((9, 7), "I am out of the office until 9.10.", (10, 9)),
    ],
)
def test_the_month_stands_first_where_americans_write(written_on, text, day):
    assert return_date_in(text, date(2026, *written_on)) == date(2026, *day)


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
    ("Ich bin ab 3. Juni bis 11. Juni im Urlaub.", 12),
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
    ("I am on leave until 15 June. My colleague Anne is back on 8 June.", 15),
    ("I am on leave until 15 June. Please contact Bob, who is back on June 8.", 15),
    ("I'm out until June 15; Anne returns June 8.", 15),
    ("I'm out until June 15. Anne de Vries will be back on June 8.", 15),
    ("I am out until 15 June and my colleague is available again from 8 June.", 15),
    ("Ik ben met verlof tot 15 juni. Mijn collega Anne is vanaf 8 juni weer aanwezig.", 15),
    ("Ik ben met verlof tot 15 juni. Vanaf 8 juni is mijn collega weer bereikbaar.", 15),
    ("Ik ben tot 15 juni weg. Mail Anne, die vanaf 8 juni weer aanwezig is.", 15),
    ("Ich bin bis 15. Juni im Urlaub. Frau Meier ist ab 8. Juni wieder da.", 15),
    ("Ich bin bis 15. Juni im Urlaub. Ab dem 8. Juni ist Frau Meier wieder da.", 15),
    ("Ich bin bis 15.6. im Urlaub, ab dem 8.6. ist mein Kollege wieder da.", 15),
    ("Je suis absente jusqu'au 15 juin. Ma collègue sera de retour le 8 juin.", 15),
    ("I'm out until June 15. Bob's back June 8.", 15),
    # The writer's own, with a colleague beside it
    ("My colleague Anne is there for you until I return on 8 June.", 8),
    ("Away until 5 June. Call my colleague Anne until my return on 8 June.", 8),
    ("Back on 8 June - my colleague Anne can help you until then.", 8),
    ("Vanaf 8 juni ben ik samen met mijn collega weer bereikbaar.", 8),
    ("Meine Kollegin vertritt mich, am 8. Juni bin ich wieder da.", 8),
    ("Anne de Vries is on leave and will be back on 8 June.", 8),
    ("I am away. Our office reopens on 8 June.", 8),
    ("Ich bin im Urlaub. Die Praxis ist ab 8. Juni wieder geöffnet.", 8),
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
        "I am away. My colleague Anne is back on 8 June.",
        "Ich bin im Urlaub. Herr Maier ist ab 8. Juni wieder da.",
        "I am away, please call me back on Monday 8 June.",
        "Ik ben op vakantie. Kom naar onze open dag! Aanmelden kan tot 20 september.",
        "Ik ben op vakantie. Tot 20 september kunt u zich aanmelden voor onze open dag.",
        "I am out of the office. Our summer sale: 20% off until August 31.",
        "Je suis absent. Profitez de nos soldes jusqu'au 31 août.",
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


@pytest.mark.parametrize(
    "unit",
    [
        "1/1 ",
        "aug 3-1 niet ",
        "3 t/m 4 aug ik 1/1/1/3-",
        "until the 1st ",
        "back ",
        " \n",
        "mon 1-",
    ],
)
def test_no_text_takes_long(unit):
    began = time.process_time()
    return_date_in(unit * 20_000, MONDAY)
    assert time.process_time() - began < 0.5
