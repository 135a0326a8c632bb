"""German."""

from __future__ import annotations

from clinic_tui.messages.languages.wording import Standard, Wording

_INVITES = (
    "[Practice Name] lädt Sie zum Patientenportal [Portal Name] ein. Dort können Sie [Portal Services].\n\n"
    "[How To Accept]"
)

WORDING = Wording(
    code="de",
    iso3="deu",
    name="German",
    own_name="Deutsch",
    weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    months=(
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
        "Dezember",
    ),
    day="{weekday}, {day}. {month} {year}",
    short_day="{weekday}, {day}. {month}",
    also="und",
    hello="Guten Tag,",
    hello_named="Guten Tag {called},",
    to_guardian="Sie erhalten diese Nachricht als gesetzliche Vertretung von {called}: Sie antworten und richten das "
    "Konto stellvertretend ein.",
    a_patient="einer Patientin oder einem Patienten unserer Praxis",
    practice="Ihre Praxis",
    portal="unser Patientenportal",
    number="der Nummer der Praxis",
    in_portal={
        "appointments": "Termine ansehen und buchen",
        "records": "die von uns freigegebenen Unterlagen ansehen",
        "invoices": "Rechnungen ansehen und bezahlen",
        "health": "Ihre Gesundheit im Blick behalten",
    },
    by_reply={"appointments": "Termine", "invoices": "Rechnungen"},
    to_accept="So nehmen Sie an:",
    press_reply="Drücken Sie auf Antworten, tippen Sie {accept}, und senden Sie ab.",
    press_here="Oder drücken Sie hier: Die Antwort wird für Sie geschrieben.",
    then_check="Wir prüfen dann, ob Sie es sind, und senden Ihnen per E-Mail die Schritte zum Einrichten Ihres Kontos, "
    "meist innerhalb von zwei Arbeitstagen.",
    then_steps="Wir senden Ihnen dann per E-Mail die Schritte zum Einrichten Ihres Kontos, meist innerhalb von zwei "
    "Arbeitstagen.",
    ring_code="Oder rufen Sie uns unter {phone} an und lesen Sie diesen Code vor: {code}",
    works_until="Einladung und Code gelten bis {day}.",
    otherwise="Wenn Sie das nicht möchten, antworten Sie {no}. Wenn Sie keine Einladungen mehr wünschen, antworten Sie "
    "{stop}. Wenn diese Nachricht nicht für Sie bestimmt war, antworten Sie {not_me}.",
    never_asked="Wir fragen nie per E-Mail nach einem Passwort. Bitte senden Sie in Ihrer Antwort keine Angaben zu "
    "Ihrer Gesundheit.",
    what_now="So geht es weiter:",
    we_check="Wir prüfen, ob Sie es sind: Vielleicht rufen wir Sie an, oder wir fragen Sie beim nächsten Besuch.",
    questions="Fragen? Rufen Sie uns unter {phone} an.",
    not_who_replied="Wenn nicht Sie geantwortet haben, antworten Sie {not_me}.",
    open_url="Öffnen Sie {url} in Ihrem Browser.",
    open_portal="Öffnen Sie {portal}.",
    register={
        "email": (
            "{open}",
            "Wählen Sie Registrieren, und geben Sie {address} an.",
            "Folgen Sie den Fragen, und wählen Sie ein eigenes Passwort.",
        ),
        "code": (
            "Rufen Sie uns unter {phone} an: Wir geben Ihnen den Registrierungscode des Portals.",
            "{open}",
            "Wählen Sie Registrieren, geben Sie den Code ein, und wählen Sie ein eigenes Passwort.",
        ),
        "desk": (
            "Rufen Sie uns unter {phone} an, oder fragen Sie am Empfang: Wir richten Ihr Konto mit Ihnen ein.",
            "{open}",
            "Melden Sie sich mit den Angaben vom Empfang an, und wählen Sie ein eigenes Passwort.",
        ),
    },
    you_can="Im Portal können Sie {offered}.",
    elsewhere="Für {services} rufen Sie uns an, oder antworten Sie auf diese Nachricht.",
    stuck="Wenn Sie nicht weiterkommen, rufen Sie uns unter {phone} an.",
    not_asked_for="Wenn Sie das nicht angefordert haben, antworten Sie {not_me}.",
    chosen_there="Wir fragen nie per E-Mail nach einem Passwort: Sie wählen es im Portal selbst. Bitte senden Sie in "
    "Ihrer Antwort keine Angaben zu Ihrer Gesundheit.",
    this_address="diese E-Mail-Adresse",
    your_address="die E-Mail-Adresse, die wir von Ihnen haben,",
    slip_code="Zum Annehmen lesen Sie uns diesen Code vor, hier oder am Telefon unter {phone}: {code}",
    slip_steps="Richten Sie dann Ihr Konto ein:",
    slip_elsewhere="Für {services} rufen Sie uns unter {phone} an.",
    slip_safe="Wir fragen nie nach Ihrem Passwort: Sie wählen es im Portal selbst.",
    reference="Referenz: {token}",
    standard={
        "invitation": Standard("Einladung", "Ihre Einladung von [Practice Name]", f"[Greeting]\n\n{_INVITES}"),
        "reminder": Standard(
            "Erinnerung",
            "Ihre Einladung von [Practice Name] ist noch offen",
            f"[Greeting]\n\nDies ist eine Erinnerung. {_INVITES}",
        ),
        "confirmation": Standard(
            "Bestätigung",
            "Danke für Ihre Antwort an [Practice Name]",
            "[Greeting]\n\nSie haben die Einladung zum Patientenportal [Portal Name] angenommen. Vielen Dank.\n\n"
            "[What Happens Now]",
        ),
        "setup": Standard(
            "Konto einrichten",
            "So richten Sie Ihr Konto ein: [Portal Name]",
            "[Greeting]\n\nMit diesen Schritten richten Sie Ihr Konto in [Portal Name] ein, dem Patientenportal von "
            "[Practice Name].\n\n[Set Up Steps]",
        ),
    },
)  # fmt: skip
