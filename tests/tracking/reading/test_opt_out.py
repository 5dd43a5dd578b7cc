# ruff: noqa: E501  what people write stands as it is
from __future__ import annotations

import pytest

from tests.tracking.reading.mails import mail, reply
from tracking.reading import Intent, Kind, SignedReference, read_mail

TOKEN = "abcdefghijklmnopqrstuv"

NO_MORE = [
    "STOP",
    "stop",
    "Stop.",
    "Afmelden",
    "afmelden aub",
    "Uitschrijven",
    "Unsubscribe",
    "Please remove me from your list.",
    "Geen interesse, haal mij van de lijst",
    "Goedendag,\n\nKunt u mij uitschrijven voor deze mails?",
    "Beste Victor,\nWilt u ons adres verwijderen uit uw bestand?",
    "Verwijder mijn e-mailadres uit uw database.",
    "Stuur mij geen mails meer.",
    "Wij willen geen e-mails meer ontvangen van u.",
    "Mail mij niet meer!",
    "Stop met mailen",
    "Wilt u mij van uw lijst halen?",
    "Kunt u ons van de mailinglijst halen?",
    "Haal mij s.v.p. van de lijst.",
    "Wilt u mijn adres s.v.p. verwijderen uit uw bestand?",
    "Verwijder mij a.u.b. van deze lijst",
    "Zou u mijn e-mailadres uit jullie adressenbestand willen halen?",
    "Graag van de lijst verwijderen, wij hebben al een bureau.",
    "Ik wil van uw mailinglijst af.",
    "S.v.p. afmelden",
    "Please take us a.s.a.p. off your list",
    "Please stop emailing me",
    "Do not contact me again.",
    "Take us off your mailing list",
    "I want to unsubscribe",
    "No more emails please",
    "not interested, remove me",
    "Hoe komt u aan mijn adres? Graag verwijderen.",
    "Hou op met die spam!",
    "Bel mij niet meer.",
    "Bitte nehmen Sie mich aus dem Verteiler.",
    "Abmelden",
    "Keine weiteren E-Mails bitte",
    "Désinscription",
    "Merci de me désinscrire",
    "Retirez-moi de votre liste.",
    "Gelieve mij niet meer te contacteren.",
    "Gelieve me niet meer te mailen",
    "Kunt u mij van de lijst halen?",
    "Wilt u mij uit uw bestand verwijderen?",
    "Wilt u mijn gegevens uit uw systeem verwijderen? AVG.",
    "Ik wil geen mails van jullie.",
    "Wij wensen geen verdere e-mails te ontvangen",
    "Ik heb al eerder gezegd dat ik geen mails meer wil ontvangen.",
    "Ik wil niet meer per mail benaderd worden.",
    "Verwijder mijn e-mailadres.",
    "Geen interesse, en stuur me alstublieft niks meer.",
    "U mag mij uitschrijven",
    "Stop hiermee!",
    "Laat me met rust",
    "Wilt u stoppen met mailen?",
    "Not interested. Please do not email again.",
    "Don't contact me.",
    "Don't send me any more emails",
    "I'd like to opt out of your emails",
    "Lose my number",
    "Bitte löschen Sie meine Daten.",
    "Bitte schreiben Sie mir nicht mehr",
    "Bitte von weiteren Mails absehen",
    "Ich möchte keine E-Mails mehr von Ihnen erhalten",
    "Lassen Sie mich in Ruhe!",
    "Merci de me retirer de votre liste.",
    "Merci de ne plus m'envoyer de mails",
    "Merci de ne plus me contacter",
    "Arrêtez de m'envoyer des mails",
    "Je ne souhaite plus recevoir vos mails.",
    "Stop aux mails svp",
    "Plus de mails, merci.",
    "Ik wil geen reclame meer ontvangen",
    "Mag ik van de mailinglijst af?",
    "AVG: verwijder onze gegevens",
    "We do not wish to receive further emails",
    "Please delete my data",
    "Kindly delete my email address from your database",
    "Veuillez ne plus m'écrire",
    "Wij stellen geen prijs op verdere e-mails.",
    "Hoe kom ik van deze mails af?",
    "How do I unsubscribe?",
    "Please cease all communication.",
    "I never signed up for this. Remove my address.",
    "Unterlassen Sie weitere Werbemails.",
    "Hören Sie auf, mir zu schreiben.",
    "Ich widerspreche der Nutzung meiner Daten zu Werbezwecken.",
    "STOP merci",
    "Ik wens niet langer door u benaderd te worden.",
    "Zet mij a.u.b. op uw zwarte lijst, ik wil niets meer horen.",
    "Wilt u zo vriendelijk zijn ons uit uw mailbestand te halen? Wij hebben geen behoefte aan deze diensten.",
    "Stop met deze onzin.",
    "Dit is nu de derde mail. Kan dit stoppen?",
    "Ik heb me hier nooit voor aangemeld, haal me eraf.",
    "Gelieve mij te verwijderen.",
    "Graag verwijderd worden uit jullie systeem",
    "Kunt u dit e-mailadres uit uw lijst halen? Bij voorbaat dank.",
    "Ik verzoek u mij niet meer te mailen.",
    "Als u niet stopt met mailen meld ik dit bij de Autoriteit Consument en Markt.",
    "Ik krijg liever geen mails meer van jullie.",
    "Ik maak bezwaar tegen het gebruik van mijn gegevens voor marketing.",
    "Waar kan ik mij afmelden?",
    "Uw afmeldlink werkt niet, graag uitschrijven.",
    "Niet geïnteresseerd. Verwijder ons uit de mailing svp",
    "Wij zijn niet geïnteresseerd en willen uitgeschreven worden.",
    "Mvg geen mails meer",
    "Doe mij maar van de lijst af",
    "Wij ontvangen graag geen reclame.",
    "Ik wil hier niets meer over ontvangen.",
    "Nee. En haal mijn adres uit je bestand.",
    "Geen mail meer aub",
    "Ik heb hier al twee keer om gevraagd: schrijf mij uit!",
    "Wij willen niet meer gemaild worden",
    "Please discontinue sending these emails.",
    "I don't want to hear from you again.",
    "I no longer wish to receive your emails.",
    "We do not want any further communication from your company.",
    "Kindly remove us from your mailing list, we are not interested.",
    "Take my name off this list immediately.",
    "Please refrain from contacting me in the future.",
    "If you don't stop emailing me I will report you as spam.",
    "Where is the unsubscribe link?",
    "I can't find an unsubscribe button. Please remove me.",
    "I clicked unsubscribe twice and still get your mails. Stop.",
    "Not interested, please don't follow up.",
    "Quit emailing me",
    "Enough. No more of these please.",
    "This is spam. Take me off.",
    "Per GDPR, erase my personal data and do not contact me further.",
    "Please ensure I'm removed from your database.",
    "I'd prefer not to receive any more messages from you.",
    "Can you please stop?",
    "Leave us alone please",
    "You did not ask for my consent. Delete my e-mail address.",
    "remove pls",
    "Why don't you just take me off your list?",
    "I'm retired now, please take me off your mailing list",
    "If possible, remove me from your distribution list.",
    "Bitte entfernen Sie mich aus Ihrem Verteiler.",
    "Bitte keine weiteren Anfragen mehr.",
    "Ich wünsche keine weitere Kontaktaufnahme.",
    "Wir möchten keine Werbung mehr von Ihnen bekommen.",
    "Bitte löschen Sie unsere Adresse aus Ihrer Datenbank.",
    "Wo kann ich mich abmelden?",
    "Wie melde ich mich ab?",
    "Hören Sie bitte auf, uns Mails zu schicken!",
    "Kein Interesse. Bitte nehmen Sie uns aus Ihrer Liste.",
    "Bitte sehen Sie künftig von solchen Mails ab.",
    "Ich habe dem nie zugestimmt. Löschen Sie meine E-Mail-Adresse.",
    "Schicken Sie mir nichts mehr.",
    "Bitte austragen",
    "Ich will nichts mehr von Ihnen hören.",
    "Hiermit widerspreche ich der Verarbeitung meiner personenbezogenen Daten.",
    "Stoppen Sie diese Mails.",
    "Veuillez supprimer mon adresse de votre base de données.",
    "Je souhaite me désabonner.",
    "Merci de nous retirer de vos listes de diffusion.",
    "Comment se désinscrire ?",
    "Cessez de nous importuner.",
    "Plus d'emails svp",
    "Ne m'écrivez plus.",
    "Je ne veux plus rien recevoir de votre part.",
    "Je m'oppose à l'utilisation de mes données.",
    "Arrêtez vos mails s'il vous plaît",
    "Merci de ne plus m'adresser de courriels.",
    "Veuillez cesser tout envoi.",
    "désabonnez nous",
    "Pas intéressé, retirez-nous de votre fichier svp",
    "Wij willen geen enkele mail meer van u.",
    "Houd hiermee op.",
    "Ik heb geen interesse. Gelieve dit te respecteren en mij niet meer te contacteren.",
    "Ik wil niet dat u mij nog mailt.",
    "Graag mijn mailadres wissen.",
    "Stop per direct met het sturen van deze mails",
    "Verwijder alle gegevens die u van ons heeft.",
    "Mail me nooit meer",
    "Blijf a.u.b. uit mijn mailbox.",
    "Ik ontvang deze mails ongewenst, graag eruit halen.",
    "Take us off.",
    "Kindly stop sending these.",
    "I am not interested in your services. Please take note and stop contacting me.",
    "Remove this contact from your CRM.",
    "We are not interested, please update your records and don't email us again",
    "I would like to be removed from any further mailings.",
    "Please cease and desist.",
    "Do not email this address.",
    "stop spamming!!!",
    "Nein danke. Bitte löschen Sie uns aus Ihrem System.",
    "Bitte schreiben Sie uns nicht mehr an.",
    "Ich bitte um Löschung meiner Daten.",
    "Bitte keine E-Mails mehr senden.",
    "Ich möchte aus Ihrer Liste gestrichen werden.",
    "Non merci, ne me recontactez pas.",
    "Merci de ne plus me relancer.",
    "Je demande la suppression de mes données.",
    "Veuillez nous désabonner de cette liste.",
    "Sortez-moi de votre liste.",
]
GO_ON = [
    "Mijn mail kwam niet aan, heeft u mij van de lijst gehaald? Ik wil graag verder.",
    "Graag, bel me morgen.",
    "Waar stopt de trein? Wij zitten naast de bushalte.",
    "Stop er niet mee, dit is leuk. Bel gerust.",
    "Kunnen gasten zich bij jullie ook afmelden? Daar zoeken we iets voor.",
    "Please don't unsubscribe me, I am interested.",
    "Geen interesse, bedankt.",
    "Not interested.",
    "We hebben geen mail ontvangen van uw collega.",
    "How many mails do you send before people unsubscribe?",
    "We willen onze website verwijderen en opnieuw laten bouwen.",
    "Wilt u mij niet van de lijst halen? Ik wil er later op terugkomen.",
    "Kunt u ons helpen meer uit de database te halen?",
    "Kunt u ons het beste uit uw lijst laten zien?",
    "Bel ons s.v.p. morgen. De lijst met vragen stuur ik nog.",
    "Ich habe noch keine E-Mail mit dem Angebot erhalten, bitte senden.",
    "Wir haben keine Mails mehr bekommen. Bitte nochmals senden, sehr interessant!",
    "Ik wil je graag spreken want ik heb geen mail van je ontvangen",
    "Ik heb geen mail meer van u ontvangen, stuurt u de offerte nog?",
    "Bel me niet, mail mij graag de offerte.",
    "Bel mij niet voor 10 uur, graag daarna",
    "Mail me niet te laat, graag een afspraak",
    "Mail me niet meer dan één voorbeeld.",
    "Stuur mij geen mail, bel liever.",
    "Don't send me the PDF, send the Word version",
    "Don't write me off yet, call me",
    "Don't email me. Call me tomorrow at ten.",
    "I would opt out of option A and take option B, send the contract",
    "Please delete my old address in your system, use jan@x.nl. We are interested.",
    "Verwijder dit adres uit het systeem en gebruik voortaan jan@hotel.nl.",
    "Haal mijn collega erbij, die heeft het bestand.",
    "Stop de offerte maar in de mail!",
    "Onze gasten kunnen ons niet meer mailen, helpt u?",
    "Wir machen keine Werbung, aber interessant.",
    "Plus de message d'erreur, parfait. Envoyez le devis.",
    "Envoyez-moi plus de mails comme celui-ci.",
    "Wilt u mij uitschrijven wat het kost?",
    "Ik wil graag dat gasten zich online kunnen afmelden",
    "Kunt u onze oude pagina's verwijderen uit het systeem?",
    "Haal ons op van het station, de lijst met treinen volgt",
    "We hebben geen berichten meer van u gehad",
    "Can you remove my old page from the system and build a new one?",
    "Please take this address off the booking page and add it to the contact list",
    "Can you take us through the database options?",
    "Drop us a line, our address is Damrak 1",
    "Please don't hesitate to contact me again",
    "Please don't contact us before Monday",
    "Please don't take me off your list, I'm just busy. Call me next week!",
    "Do not remove me from your list, I'm interested.",
    "I don't want you to remove me from your list",
    "Don't stop emailing me, I like it",
    "Stop niet met mailen, ik vind het interessant!",
    "Verwijder mij niet uit je bestand hoor!",
    "Schrijf mij nog niet uit",
    "Streichen Sie mich bitte nicht aus dem Verteiler.",
    "Bitte löschen Sie meine Daten nicht, ich melde mich nächste Woche.",
    "Ne me désinscrivez pas!",
    "Wij ontvangen geen mails meer via ons contactformulier, kunt u helpen?",
    "Sinds de verhuizing komen er geen e-mails meer binnen",
    "Hoe kunnen klanten zich afmelden voor onze nieuwsbrief?",
    "Ist es möglich, dass sich Kunden vom Newsletter abmelden können?",
    "I can't unsubscribe my clients in Mailchimp, can you help?",
    "Wij willen stoppen met e-mailmarketing en alleen nog SEO doen. Kunnen jullie helpen?",
    "Onze leverancier wil ons niet meer mailen, dus wij zoeken een ander.",
    "Interessant. Kunt u stoppen met bellen en mij mailen?",
    "Je veux retirer mon site de la liste noire de Google",
    "Could you delete our data from the old directories listing as part of the service?",
    "Haal mij voorlopig nog niet van je lijst, in het najaar wil ik verder praten.",
    "Ik wil juist niet uitgeschreven worden, stuur gerust meer.",
    "Je hoeft niet te stoppen met mailen hoor, ik lees alles.",
    "U hoeft mij niet uit te schrijven, ik ben gewoon druk.",
    "Schrijf mij alsjeblieft niet uit.",
    "Ik was vergeten te antwoorden. Verwijder me niet, ik bel volgende week.",
    "Wij krijgen sinds maandag geen mails meer binnen op info@, kan dat aan de SPF liggen?",
    "Onze klanten ontvangen onze nieuwsbrief niet meer. Kunnen jullie dat oplossen?",
    "Onze bezoekers willen zich kunnen uitschrijven voor de mailing. Maken jullie dat?",
    "Hoe zorgen we dat mensen zich niet afmelden voor onze nieuwsbrief?",
    "Wij zijn gestopt met mailings en zoeken iets nieuws. Bel me.",
    "We stoppen met Google Ads. Wat kunnen jullie doen?",
    "Kunt u onze bedrijfsgegevens laten verwijderen uit de Gouden Gids?",
    "Kunnen jullie negatieve recensies verwijderen uit Google?",
    "Onze oude webbouwer wil ons niet meer helpen. Kunnen jullie dat?",
    "Kunt u volgende keer mijn collega mailen in plaats van mij? Wel interesse!",
    "Wij hebben een database met 2000 adressen, kunt u daar meer uit halen?",
    "Ik heb u niet meer gemaild omdat ik ziek was. Stuur de offerte maar.",
    "Waarom sturen jullie geen mails meer? Ik wacht nog op het voorstel.",
    "Prima, bel maar.\n\nMet vriendelijke groet,\nPiet de Vries\n\nBakkerij De Vries\nWilt u onze nieuwsbrief niet langer ontvangen? Meld u dan af.",
    "Leuk voorstel.\n\nGroeten,\nAnna\n\nDit bericht is vertrouwelijk. Bent u niet de geadresseerde, verwijder dit bericht dan en neem contact met ons op.",
    "Akkoord.\n\nMvg,\nKees\n\nU kunt zich altijd uitschrijven door te antwoorden met STOP.",
    "Laat maar weten wanneer je kunt.\n\nHartelijke groet,\n\nJoost\n\nGeen mails meer van ons ontvangen? Klik hier om u uit te schrijven.",
    "Wij passen. Succes ermee.\n\nGroet,\nEls\n\nVerwijder dit e-mailbericht als het niet voor u bestemd is.",
    "Hoe halen wij onze concurrent uit de lijst van zoekresultaten?",
    "Zorgt u dat gasten geen mails meer krijgen na hun verblijf?",
    "Kan het formulier stoppen met spam sturen? Daar zoeken we hulp bij.",
    "De spam via ons contactformulier moet stoppen. Kunnen jullie dat regelen?",
    "Kunt u ons helpen om geen spamberichten meer te ontvangen via de site?",
    "Don't remove me just yet, let's talk in September.",
    "I did not want to unsubscribe, I clicked by mistake!",
    "Please keep me on your list, no need to unsubscribe me.",
    "No need to stop emailing, I just haven't had time.",
    "Never take me off this list, I love it :)",
    "We want to stop sending newsletters ourselves and outsource it. What would you charge?",
    "How do I stop my emails from going to spam?",
    "Our emails to customers no longer arrive. Can you help?",
    "We have stopped emailing our clients because of GDPR. Interesting though.",
    "How can we let subscribers opt out of our list in WordPress?",
    "Too many people unsubscribe from our newsletter. Could you improve it?",
    "Can you remove our old listing from Google?",
    "Could you take the logo off the page and send us a mockup?",
    "We'd like you to delete the duplicate contact form messages.",
    "We get no more leads from our website. Can you help?",
    "We receive no emails from our contact form.",
    "Stop by whenever you like!",
    "I can't stop thinking about your offer. Send me the contract.",
    "We opted out of the Google programme last year. What is your alternative?",
    "Sounds good.\n\nBest,\nTom\n\nThis message is intended only for the addressee. If you are not the addressee, please delete this message and all copies and inform us.",
    "Call me.\n\nRegards\nSue Miller\n\nTo unsubscribe from our marketing emails, click here or email privacy@sue.com.",
    "Let's do it.\n\nBest regards,\n\nMike\n\nYou are receiving this because you are a contact of Acme. If you'd rather not hear from us, reply with \"unsubscribe\".",
    "Happy to chat.\n\nCheers,\nAnn\n\nWe respect your privacy. You may ask us at any time to stop contacting you or to erase your data.",
    "Yes.\n\nThanks,\nBob\n\nThe sender does not accept liability. Please do not reply to this email if you are not the intended recipient, remove this email from your system.",
    "If we sign, can you also remove our data from the old agency's system?",
    "Can you unsubscribe our dead contacts from the list automatically?",
    "I've been told not to email clients again without consent. Is that right?",
    "Please don't stop now, this is getting interesting.",
    "Our supplier told us not to contact them again. Can you replace them?",
    "Bitte entfernen Sie mich nicht, ich habe Interesse.",
    "Ich möchte mich gar nicht abmelden, rufen Sie mich an.",
    "Hören Sie nicht auf zu schreiben, ich finde das gut.",
    "Unsere Kunden erhalten keine E-Mails mehr von uns. Können Sie helfen?",
    "Wir bekommen keine Anfragen mehr über die Webseite.",
    "Wie können sich unsere Abonnenten aus dem Newsletter austragen?",
    "Unser Anbieter will uns nicht mehr beliefern.",
    "Können Sie alte Einträge aus dem Branchenverzeichnis löschen?",
    "Gerne.\n\nMit freundlichen Grüßen\nMax Muster\n\nSollten Sie nicht der richtige Empfänger sein, löschen Sie bitte diese E-Mail und benachrichtigen Sie uns.",
    "Passt.\n\nViele Grüße\nEva\n\nSie möchten keine E-Mails mehr von uns erhalten? Dann klicken Sie hier.",
    "Rufen Sie an.\n\nBeste Grüße\nTom\n\nFalls Sie sich vom Newsletter abmelden möchten, antworten Sie mit STOP.",
    "Streichen Sie uns noch nicht von der Liste, wir überlegen noch.",
    "Ne me retirez surtout pas de la liste, je suis intéressé.",
    "Je ne veux pas me désinscrire, merci de m'appeler.",
    "Nos clients ne reçoivent plus nos mails, pouvez-vous nous aider ?",
    "Comment nos abonnés peuvent-ils se désinscrire de notre newsletter ?",
    "Nous voulons arrêter d'envoyer des mails nous-mêmes. Vos tarifs ?",
    "D'accord.\n\nCordialement,\nPaul\n\nSi vous avez reçu ce mail par erreur, merci de le supprimer de votre système et d'en informer l'expéditeur.",
    "Appelez-moi.\n\nBien à vous,\nLuc\n\nPour ne plus recevoir nos messages, cliquez ici.",
    "Kunt u ons niet vergeten te mailen? We willen de offerte.",
    "Mijn vrouw wil dat ik stop met werken, dus voorlopig even niets. Mail me in maart.",
    "We willen geen nieuwsbrief meer sturen maar social media doen, kan dat?",
    "Kan ik mijn klanten ook uit jullie systeem halen?",
    "Er zit spam op onze site. Verwijderen jullie dat ook?",
    "Geen probleem, mailen mag altijd.",
    "Ik ben vanaf 1 mei niet meer per mail bereikbaar, bel me dan.",
    "Unsubscribe rates are our biggest problem. Could you help?",
    "I don't mind your emails, no need to stop.",
    "Our old agency won't take us off their list. Can you help us?",
    "Don't send it to me again by post, an e-mail will do.",
    "Not interested in email marketing, but please send us a quote for SEO.",
    "I asked them to remove our data from the portal. Do you do that as well?",
    "Wir wollen keine Werbung mehr auf Facebook schalten. Was empfehlen Sie?",
    "Ich melde mich nächste Woche bei Ihnen ab Montag.",
    "Bitte nicht abmelden, wir sind interessiert.",
    "Pouvez-vous supprimer nos anciennes pages ?",
    "Nous n'avons plus de mails depuis lundi, pouvez-vous renvoyer le devis ?",
    "Ne vous désabonnez pas de notre page :)",
]
# What stands below a mail, and is said to whoever gets it.
FOOTERS = [
    "If you have received this email in error, please notify the sender and delete this email from your system.",
    "If you are not the intended recipient, please delete this e-mail and any attachments.",
    "If you have received this message in error please delete this information.",
    "If you no longer wish to receive emails from us, please unsubscribe here.",
    "To opt out, reply STOP.",
    "Mocht dit bericht niet voor u bestemd zijn, verwijder dit mailadres dan uit uw bestand.",
    "Wilt u geen e-mails meer van ons ontvangen? Meld u dan hier af.",
    "Wenn Sie keine E-Mails mehr von uns erhalten möchten, klicken Sie hier.",
    "Si vous ne souhaitez plus recevoir nos emails, cliquez ici.",
    "We process your data per our privacy statement. You can ask us to delete your data or to stop processing.",
]
# A wish, and another beside it; a question about one.
DOUBTFUL = [
    "Did you remove me from your list? I haven't heard from you since May.",
    "Haben Sie mich aus dem Verteiler genommen? Ich bekomme nichts mehr.",
    "Take me off your list for May, but put me back on in June - I do want the proposal, please send it.",
    "Haal mij van de nieuwsbrief maar stuur mij wel de offerte.",
    "Stop mailing my office address, call me on 0612345678 instead, I'm interested.",
    "Bitte keine Mails mehr an diese Adresse, sondern an chef@muster.de. Das Angebot interessiert uns.",
    "Geen mails meer over SEO, wel graag een offerte voor een website.",
    "Leuk idee!\n\nMet vriendelijke groet,\nPiet\n\nHaal mij van uw lijst.",
]

# An order as a clause, a sentence or a line of its own.
ORDERS = [
    "Not interested, unsubscribe.",
    "Not interested. Unsubscribe.",
    "No. Unsubscribe.",
    "No thanks, unsubscribe.",
    "Unsubscribe. Not interested.",
    "Unsubscribe, not interested",
    "Thanks, unsubscribe",
    "No interest. Remove from list.",
    "Not interested - remove",
    "Not interested / opt out",
    "We already have an agency. Unsubscribe.",
    "Geen interesse, afmelden.",
    "Geen interesse - uitschrijven",
    "Beste Victor,\n\nafmelden\n\nGroet,\nJan",
    "Nee, stop.",
    "Nee dank u, stop\nJan",
    "Kein Interesse, abmelden.",
    "Nicht interessiert, austragen!",
    "Pas intéressé, désinscription.",
    "Non merci. Désabonner.",
    "Hi,\n\nunsubscribe\n\nKind regards,\nJohn",
    "Hello Victor,\n\nNot interested\nremove me\n\nJohn",
    "Sorry, wrong person. Please remove.",
    "no thanks unsubscribe",
]
# The same words, where nobody orders anything.
NO_ORDERS = [
    "Wij zoeken een systeem voor aanmelden, wijzigen, afmelden en betalen.",
    "We want three buttons: pause, unsubscribe, resume.",
    "On the old page it says:\nUnsubscribe\nCan you make that nicer?",
    "Unsere Gäste wollen buchen, abmelden.",
    "Our customers press a button, unsubscribe.",
    "Yes, please send me a proposal.\n\nKind regards,\nJan\n\nUnsubscribe",
    "Oui, volontiers.\n\nCordialement,\nPaul\n\nDésinscription",
    "Yes, Tuesday.\n\nJan\n\nUnsubscribe | Privacy",
    "Yes, Tuesday.\n\nJan\n\nIf not interested, unsubscribe.",
    "Please don't unsubscribe, not interested in leaving",
]
PERHAPS_ORDERS = [
    "Tuesday at ten works for me.\n\nJohn\nAcme\n\nUnsubscribe",
    "What did people click most? Unsubscribe.",
    "Stop, that is too cheap",
    "Not interested in SEO, unsubscribe. But please send me a quote for a website.",
    "The old logo is on your page. Please remove.",
]


@pytest.mark.parametrize("text", ORDERS)
def test_an_order_beside_a_refusal_or_a_greeting_is_understood(text):
    read = read_mail(reply(text))
    assert (read.kind, read.intent) == (Kind.UNSUBSCRIBE, Intent.UNSUBSCRIBE)


@pytest.mark.parametrize("text", NO_ORDERS)
def test_the_same_word_in_a_list_or_as_a_label_is_no_order(text):
    read = read_mail(reply(text))
    assert (read.kind, read.may_opt_out) == (Kind.REPLY, False)


@pytest.mark.parametrize("text", PERHAPS_ORDERS)
def test_a_lone_word_in_other_company_is_read_by_a_person(text):
    read = read_mail(reply(text))
    assert (read.kind, read.may_opt_out) == (Kind.REPLY, True)


@pytest.mark.parametrize("text", NO_MORE)
def test_who_says_no_more_is_understood(text):
    read = read_mail(reply(text))
    assert (read.kind, read.intent) == (Kind.UNSUBSCRIBE, Intent.UNSUBSCRIBE)


@pytest.mark.parametrize("text", GO_ON)
def test_who_says_something_else_is_not_opted_out(text):
    assert read_mail(reply(text)).kind is Kind.REPLY


@pytest.mark.parametrize("footer", FOOTERS)
@pytest.mark.parametrize("greeting", ["\n\nKind regards,\nJan\n\n", "\n\nJan\n\n", "\n"])
def test_what_stands_below_a_mail_is_nobodys_wish(footer, greeting):
    read = read_mail(reply(f"Yes, please send me a proposal.{greeting}{footer}"))
    assert (read.kind, read.intent, read.may_opt_out) == (Kind.REPLY, Intent.INTERESTED, False)


@pytest.mark.parametrize("text", DOUBTFUL)
def test_where_two_wishes_stand_side_by_side_a_person_decides(text):
    read = read_mail(reply(text))
    assert (read.kind, read.may_opt_out) == (Kind.REPLY, True)
    assert read.intent is not Intent.UNSUBSCRIBE


def test_a_disclaimer_below_an_absence_notice_is_no_opt_out():
    body = "I am out of the office until 10 August.\n\nIf you got this in error, please delete this email."
    read = read_mail(reply(body, headers="Auto-Submitted: auto-replied\n"))
    assert (read.kind, read.intent) == (Kind.AUTO_REPLY, Intent.OUT_OF_OFFICE)


def test_an_afterword_is_the_writers_own():
    text = "Geen interesse.\n\nMet vriendelijke groet,\nPiet\n\nPS Haal mij van uw lijst."
    assert read_mail(reply(text)).kind is Kind.UNSUBSCRIBE


def test_the_opt_out_link_that_they_quote_is_not_their_wish():
    text = (
        "Graag!\n\nOp ma 3 aug 2026 schreef Victor <v@x.nl>:\n> STOP\n> Afmelden: antwoord STOP\n"
    )
    assert read_mail(reply(text)).kind is Kind.REPLY


def test_our_opt_out_mail_carries_its_proof():
    raw = mail("", subject=f"unsubscribe.4711.{TOKEN}")
    read = read_mail(raw)
    assert read.kind is Kind.UNSUBSCRIBE
    assert read.references.signed == (SignedReference("unsubscribe", 4711, TOKEN),)


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-generated",
        "X-Autogenerated: yes",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "List-Unsubscribe: <https://x.nl>",
        "List-Id: <x.nl>",
    ],
)
def test_our_opt_out_mail_counts_also_where_a_machine_has_sent_it(header):
    read = read_mail(mail("", subject=f"unsubscribe.4711.{TOKEN}", headers=f"{header}\n"))
    assert (read.kind, read.intent) == (Kind.UNSUBSCRIBE, Intent.UNSUBSCRIBE)
    assert read.references.signed == (SignedReference("unsubscribe", 4711, TOKEN),)


def test_a_token_of_another_length_proves_nothing():
    read = read_mail(mail("", subject=f"unsubscribe.4711.{TOKEN}x"))
    assert read.references.signed == ()


def test_a_program_opts_nobody_out_by_word():
    raw = mail("Stop", subject="Afwezig", headers="Auto-Submitted: auto-replied\n")
    assert read_mail(raw).kind is Kind.AUTO_REPLY


def test_words_of_opting_out_in_a_mail_that_a_machine_marked_are_noted():
    raw = reply("Haal mij van de lijst.", headers="Auto-Submitted: auto-generated\n")
    read = read_mail(raw)
    assert (read.kind, read.intent) == (Kind.AUTO_REPLY, Intent.UNSUBSCRIBE)
