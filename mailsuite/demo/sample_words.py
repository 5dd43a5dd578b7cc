"""What the made-up leads of the demo are called and where they live. Nobody of them exists."""


def _words(text: str) -> list[str]:
    """The words of a block, divided by bars and line ends."""
    return text.strip().replace("\n", "|").split("|")


FIRST_NAMES = _words("""
Anaïs|André|Anke|Anouk|Bas|Björn|Bram|Chloë|Coen|Daan|Daniël|Desirée|Eefje|Els|Emma|Esmée|Fatima
Femke|Fleur|Floris|François|Freek|Geert|Gijs|Hélène|Henk|Ilse|Imane|Irène|Jaap|Jasmijn|Jeroen
Jesse|Joëlle|Joost|Jurriën|Jürgen|Karin|Kees|Khadija|Koen|Lars|Lieke|Loïs|Lotte|Maaike|Maarten
Margriet|Marijke|Mehmet|Merel|Michaël|Michiel|Mirjam|Noëlle|Noor|Özlem|Pieter|Raphaël|Renée|Rick
Roel|Ruud|Saïd|Sanne|Sjoerd|Sofie|Stéphanie|Sven|Teun|Thijs|Tjitske|Tomás|Wietske|Willem|Wouter
Yasmin|Yvonne|Zoë
""")  # fmt: skip

LAST_NAMES = _words("""
Aalbers|Achterberg|Bakker|van Beek|van den Berg|Boersma|de Boer|Bos|Bosma|van den Bosch|Brouwer
de Bruijn|de Bruin|Çelik|van Dam|Dekker|van Dijk|Dijkstra|Dubois|El Amrani|van der Entée|Evers
Fischer|García|van Ginkel|de Graaf|Groeneveld|de Groot|de Haan|van der Heijden|Hendriks|Hoekstra
van Houten|Huisman|in 't Veld|Jansen|Janßen|de Jong|Kaya|Kok|Koster|Kuiper|de Lange|van Leeuwen
van der Linden|Maas|van Maanen|Martens|Meijer|van der Meer|Molenaar|Mulder|Müller|Nagtegaal
Nguyen|van Oers|Ottevanger|Peeters|Peters|Postma|Prins|Reijnders|de Ridder|van Rijn|Schouten
Schröder|Smeets|Smit|van 't Hof|Sørensen|Timmermans|van der Veen|Verbeek|Vermeulen|Visser|Vos
de Vries|de Wit|Wiersma|Willems|Wolters|Yılmaz|van Zanten|Zijlstra|'t Hart
""")  # fmt: skip

# Place and province.
PLACES = [
    line.split("|")
    for line in """
Alkmaar|Noord-Holland
Ameland|Fryslân
Amersfoort|Utrecht
Amsterdam|Noord-Holland
Apeldoorn|Gelderland
Arnhem|Gelderland
Bergen aan Zee|Noord-Holland
Breda|Noord-Brabant
Burgh-Haamstede|Zeeland
Delft|Zuid-Holland
Deventer|Overijssel
Domburg|Zeeland
Dordrecht|Zuid-Holland
Egmond aan Zee|Noord-Holland
Enkhuizen|Noord-Holland
Giethoorn|Overijssel
Gouda|Zuid-Holland
Groningen|Groningen
Haarlem|Noord-Holland
Harlingen|Fryslân
Hattem|Gelderland
Hindeloopen|Fryslân
Hoorn|Noord-Holland
IJmuiden|Noord-Holland
IJsselstein|Utrecht
Kampen|Overijssel
Katwijk|Zuid-Holland
Leeuwarden|Fryslân
Leiden|Zuid-Holland
Maastricht|Limburg
Middelburg|Zeeland
Nijmegen|Gelderland
Noordwijk|Zuid-Holland
Oosterbeek|Gelderland
Renesse|Zeeland
Roermond|Limburg
's-Hertogenbosch|Noord-Brabant
Schiermonnikoog|Fryslân
Sneek|Fryslân
Súdwest-Fryslân|Fryslân
Texel|Noord-Holland
Thorn|Limburg
Utrecht|Utrecht
Valkenburg|Limburg
Veere|Zeeland
Vlieland|Fryslân
Wijk bij Duurstede|Utrecht
Winterswijk|Gelderland
Zandvoort|Noord-Holland
Zierikzee|Zeeland
Zutphen|Gelderland
Zwolle|Overijssel
""".strip().splitlines()
]

# Kind of business, and the patterns of its names ("{}" is one of NAMES).
KINDS = {
    "Hotel": ("Hotel {}", "Grand Hotel {}", "Hôtel {}", "Boutique Hotel {}", "Herberg {}"),
    "B&B": ("B&B {}", "Bed & Breakfast {}", "Pension {}", "Logement {}"),
    "Restaurant": ("Restaurant {}", "Brasserie {}", "Eetcafé {}", "Bistro {}", "Crêperie {}"),
    "Winkel": ("Bloemenhuis {}", "Bakkerij {}", "Boekhandel {}", "Fietsenwinkel {}", "Atelier {}"),
}

NAMES = _words("""
De Gouden Leeuw|De Zon|Zeezicht|'t Achterhuis|Het Witte Paard|De Drie Koningen|Duinzicht|De Kroon
De Oude Haven|De Smulpaap|Het Wapen|De Lindehoeve|Bella Vita|De Vrijheid|De Zwaan|Crème Brûlée
De Poort|De Pauw|'t Spinnewiel|De Nachtegaal|Het Anker|De Korenbloem|Zur Brücke|De Engel|De Hoop
Café René|De Stadsmuur|De Waag|Het Koetshuis|De Blauwe Reiger|De Wadden|Het Veerhuis|De Linde
De Molen|Villa Zoë|De Meerkoet|Het Zeepaardje|De Klok|De Tuinkamer|'t Hoekje|De Eenhoorn|Le Château
""")  # fmt: skip

POSITIONS = (
    "Eigenaar",
    "Eigenaresse",
    "Directeur",
    "General manager",
    "Marketing",
    "Bedrijfsleider",
)
SOURCES = ("Horecava 2026", "Beurs Utrecht 2026", "Netwerkborrel", "Website", "Gouden Gids")
