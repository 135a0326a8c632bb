"""`clinic-tui slip`: code and steps for a patient who stands at the desk, shown or printed."""

from __future__ import annotations

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import ROW_ID, Asked, pass_asked


@click.command("slip")
@click.argument("patient_id", metavar="PATIENT", type=ROW_ID)
@click.option(
    "--identity", "how", metavar="HOW", required=True, help="How you know that it is the patient: it is kept."
)
@click.option("--print", "printed", is_flag=True, help="Print it, in place of showing it.")
@pass_asked
def command(asked: Asked, patient_id: int, how: str, printed: bool) -> None:
    """Hand over a slip with code and set-up steps, once you have checked that it is the patient.

    PATIENT is the patient's ID; they have an invitation that is live or accepted. --print prints it on the practice's
    printer (the setting desk.printer) and does not show it.
    """
    viewer = asked.viewer()
    from clinic_tui.invitations import slips

    if printed:
        slips.need_printer(viewer)  # before anything is recorded
    handed = slips.hand_over(viewer, patient_id, how)
    printer = slips.print_out(viewer, handed) if printed else None
    if asked.json:
        output.document(
            {"patient": patient_id, "invitation": handed.invitation_id, "printer": printer,
             "text": None if printed else handed.text}
        )  # fmt: skip
    elif printed:
        output.line(f"The slip is printed on {printer}.")
    else:
        for line in handed.text.splitlines():
            output.line(line)
