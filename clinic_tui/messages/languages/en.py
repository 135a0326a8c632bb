"""English."""

from __future__ import annotations

from clinic_tui.messages.languages.wording import Standard, Wording

_INVITES = (
    "[Practice Name] invites you to its patient portal, [Portal Name]. There you can [Portal Services].\n\n"
    "[How To Accept]"
)

WORDING = Wording(
    code="en",
    iso3="eng",
    name="English",
    own_name="English",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    day="{weekday} {day} {month} {year}",
    short_day="{weekday} {day} {month}",
    also="and",
    hello="Hello,",
    hello_named="Hello {called},",
    to_guardian="You are receiving this as the guardian of {called}: you answer, and set up the account, for them.",
    a_patient="one of our patients",
    practice="Your practice",
    portal="our patient portal",
    number="the practice's number",
    in_portal={
        "appointments": "see and book appointments",
        "records": "see the records that we share with you",
        "invoices": "see and pay invoices",
        "health": "keep track of your health",
    },
    by_reply={"appointments": "appointments", "invoices": "invoices"},
    to_accept="To accept:",
    press_reply="Press Reply, type {accept}, and send.",
    press_here="Or press here: it writes the reply for you.",
    then_check="We then check that it is you, and e-mail you the steps to set up your account, usually within two "
    "working days.",
    then_steps="We then e-mail you the steps to set up your account, usually within two working days.",
    ring_code="Or ring us on {phone} and read out this code: {code}",
    works_until="The invitation and its code work until {day}.",
    otherwise="If you do not want this, reply {no}. To get no more invitations, reply {stop}. "
    "If this was not meant for you, reply {not_me}.",
    never_asked="We never ask for a password by e-mail. Please do not send health information in your reply.",
    what_now="What happens now:",
    we_check="We check that it is you: we may ring you, or ask you at your next visit.",
    questions="Questions? Ring us on {phone}.",
    not_who_replied="If it was not you who replied, reply {not_me}.",
    open_url="Open {url} in your browser.",
    open_portal="Open {portal}.",
    register={
        "email": (
            "{open}",
            "Choose to register, and use {address}.",
            "Follow what it asks, and choose a password of your own.",
        ),
        "code": (
            "Ring us on {phone}: we give you the portal's own registration code.",
            "{open}",
            "Choose to register, enter the code, and choose a password of your own.",
        ),
        "desk": (
            "Ring us on {phone}, or ask at the front desk: we set up your account with you.",
            "{open}",
            "Sign in with what the desk gave you, and choose a password of your own.",
        ),
    },
    you_can="In the portal you can {offered}.",
    elsewhere="For {services}, ring us or reply to this message.",
    stuck="If you get stuck, ring us on {phone}.",
    not_asked_for="If you did not ask for this, reply {not_me}.",
    chosen_there="We never ask for a password by e-mail: you choose it in the portal itself. "
    "Please do not send health information in your reply.",
    this_address="this e-mail address",
    your_address="the e-mail address that we have for you",
    slip_code="To accept, read this code out to us, here or by phone on {phone}: {code}",
    slip_steps="Then set up your account:",
    slip_elsewhere="For {services}, ring us on {phone}.",
    slip_safe="We never ask for your password: you choose it in the portal itself.",
    reference="Reference: {token}",
    standard={
        "invitation": Standard("Invitation", "Your invitation from [Practice Name]", f"[Greeting]\n\n{_INVITES}"),
        "reminder": Standard(
            "Reminder",
            "Your invitation from [Practice Name] is still open",
            f"[Greeting]\n\nThis is a reminder. {_INVITES}",
        ),
        "confirmation": Standard(
            "Confirmation",
            "Thank you for your reply to [Practice Name]",
            "[Greeting]\n\nYou have accepted the invitation to our patient portal, [Portal Name]. Thank you.\n\n"
            "[What Happens Now]",
        ),
        "setup": Standard(
            "Set-up steps",
            "How to set up your account: [Portal Name]",
            "[Greeting]\n\nThese are the steps to set up your account in [Portal Name], the patient portal of "
            "[Practice Name].\n\n[Set Up Steps]",
        ),
    },
)  # fmt: skip
