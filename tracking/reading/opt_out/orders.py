"""The whole message, or its first line: one word is an order there, and half a sentence
elsewhere."""

from __future__ import annotations

import re

ORDER = re.compile(
    r"^\W*(?:(?:hi|hello|hallo|please|graag|aub|svp|gelieve|bitte|merci|kindly|nu|just|ja) ?,? ?)?"
    r"(?:stop(?:pen|pez)?(?: ermee| hiermee| daarmee| sturen| it| nu| now"
    r"| e-?mails?| mail(?:s|en|ing)?)?"
    r"|unsubscribe(?: me| us)?|afmelden|uitschrijven|opt[- ]?out|remove(?: me| us)?|delete me"
    r"|abmelden|austragen|stopp|d[ée]sabonn\w{1,5}(?:[- ](?:moi|nous))?"
    r"|d[ée]sinscri\w+(?:[- ](?:moi|nous))?|d[ée]sinscription|verwijder(?:en)?(?: mij| me| ons)?"
    r"|meld (?:mij|me|ons) af|schrijf (?:mij|me|ons) uit|cancel|quit|end)"
    r"(?:,? (?:please|pls|plz|now|nu|aub|ajb|graag|svp|bitte|alstublieft|thanks|thank you"
    r"|bedankt|dank u|danke|merci|asap|immediately|direct)){0,2}\W*$",
    re.IGNORECASE,
)
