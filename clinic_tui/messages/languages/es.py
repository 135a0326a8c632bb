"""Spanish."""

from __future__ import annotations

from clinic_tui.messages.languages.wording import Standard, Wording

_INVITES = (
    "[Practice Name] le invita a su portal para pacientes, [Portal Name]. En él puede [Portal Services].\n\n"
    "[How To Accept]"
)

WORDING = Wording(
    code="es",
    iso3="spa",
    name="Spanish",
    own_name="Español",
    weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    months=(
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
        "noviembre", "diciembre",
    ),
    day="{weekday} {day} de {month} de {year}",
    short_day="{weekday} {day} de {month}",
    also="y",
    hello="Hola:",
    hello_named="Hola, {called}:",
    to_guardian="Recibe este mensaje como representante legal de {called}: usted responde y crea la cuenta en su "
    "nombre.",
    a_patient="uno de nuestros pacientes",
    practice="Su consulta",
    portal="nuestro portal para pacientes",
    number="el número de la consulta",
    in_portal={
        "appointments": "ver y reservar citas",
        "records": "ver la documentación que compartimos con usted",
        "invoices": "ver y pagar facturas",
        "health": "llevar un seguimiento de su salud",
    },
    by_reply={"appointments": "citas", "invoices": "facturas"},
    to_accept="Para aceptar:",
    press_reply="Pulse Responder, escriba {accept} y envíe el mensaje.",
    press_here="O pulse aquí: la respuesta se escribe por usted.",
    then_check="Después comprobamos que es usted y le enviamos por correo los pasos para crear su cuenta, normalmente "
    "en dos días laborables.",
    then_steps="Después le enviamos por correo los pasos para crear su cuenta, normalmente en dos días laborables.",
    ring_code="O llámenos a {phone} y lea este código: {code}",
    works_until="La invitación y su código sirven hasta el {day}.",
    otherwise="Si no lo desea, responda {no}. Si no quiere recibir más invitaciones, responda {stop}. Si este mensaje "
    "no era para usted, responda {not_me}.",
    never_asked="Nunca pedimos una contraseña por correo. Por favor, no envíe información sobre su salud en la "
    "respuesta.",
    what_now="Qué pasa ahora:",
    we_check="Comprobamos que es usted: quizá le llamemos, o le preguntemos en su próxima visita.",
    questions="¿Tiene preguntas? Llámenos a {phone}.",
    not_who_replied="Si no ha sido usted quien respondió, responda {not_me}.",
    open_url="Abra {url} en su navegador.",
    open_portal="Abra {portal}.",
    register={
        "email": (
            "{open}",
            "Elija registrarse y use {address}.",
            "Siga los pasos y elija una contraseña propia.",
        ),
        "code": (
            "Llámenos a {phone}: le damos el código de registro del portal.",
            "{open}",
            "Elija registrarse, escriba el código y elija una contraseña propia.",
        ),
        "desk": (
            "Llámenos a {phone} o pregunte en recepción: creamos la cuenta con usted.",
            "{open}",
            "Entre con los datos que le dieron en recepción y elija una contraseña propia.",
        ),
    },
    you_can="En el portal puede {offered}.",
    elsewhere="Para {services}, llámenos o responda a este mensaje.",
    stuck="Si necesita ayuda, llámenos a {phone}.",
    not_asked_for="Si usted no lo ha pedido, responda {not_me}.",
    chosen_there="Nunca pedimos una contraseña por correo: usted la elige en el propio portal. Por favor, no envíe "
    "información sobre su salud en la respuesta.",
    this_address="esta dirección de correo",
    your_address="la dirección de correo que tenemos de usted",
    slip_code="Para aceptar, léanos este código, aquí o por teléfono en {phone}: {code}",
    slip_steps="Después cree su cuenta:",
    slip_elsewhere="Para {services}, llámenos a {phone}.",
    slip_safe="Nunca le pedimos su contraseña: usted la elige en el propio portal.",
    reference="Referencia: {token}",
    standard={
        "invitation": Standard("Invitación", "Su invitación de [Practice Name]", f"[Greeting]\n\n{_INVITES}"),
        "reminder": Standard(
            "Recordatorio",
            "Su invitación de [Practice Name] sigue abierta",
            f"[Greeting]\n\nEsto es un recordatorio. {_INVITES}",
        ),
        "confirmation": Standard(
            "Confirmación",
            "Gracias por su respuesta a [Practice Name]",
            "[Greeting]\n\nHa aceptado la invitación a nuestro portal para pacientes, [Portal Name]. Gracias.\n\n"
            "[What Happens Now]",
        ),
        "setup": Standard(
            "Crear la cuenta",
            "Cómo crear su cuenta: [Portal Name]",
            "[Greeting]\n\nEstos son los pasos para crear su cuenta en [Portal Name], el portal para pacientes de "
            "[Practice Name].\n\n[Set Up Steps]",
        ),
    },
)  # fmt: skip
