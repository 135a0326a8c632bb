"""Adoption: what became of the invitations made in a period, by month, practitioner, template or age band.

*Counted* is every invitation in the viewer's reach but those that were taken back before they went (`cancelled`) and
those that another took the place of (`superseded`): one that was resent counts once, as the newest, on that one's day.
A patient who was invited again after an invitation had ended counts once for each. So every invitation is in one month,
with one practitioner, of one template and in one age band, and the rows of each report come to the same total.

Of those counted,
- *invited*: all of them, those that still wait to be sent as well;
- *delivered*: a mail server took it for certain (not `unconfirmed`), and it did not come back; or it was accepted;
- *accepted*: accepted, and not revoked since;
- *declined*: the patient said no, or stop;
- *bounced*: it came back, or the server refused it for good (`bounced`, `failed`);
- *active*: the patient's newest of all that are counted, and they have an active portal account now: every active
  patient who was ever invited counts once, however they came by the account.

Practitioner and age are the patient's as they are today, days are the practice's. An age band is refused to whom names
are hidden, as ages are everywhere. The other reports tell such a viewer no more than the lists that they have already,
where each patient stands by number with practitioner and portal line: of a group of one they learn no name by it.
"""

from clinic_tui.adoption.counting import ALWAYS as ALWAYS
from clinic_tui.adoption.counting import COUNTS as COUNTS
from clinic_tui.adoption.counting import Period as Period
from clinic_tui.adoption.report import AGES as AGES
from clinic_tui.adoption.report import GROUPS as GROUPS
from clinic_tui.adoption.report import MOST_MONTHS as MOST_MONTHS
from clinic_tui.adoption.report import Adoption as Adoption
from clinic_tui.adoption.report import By as By
from clinic_tui.adoption.report import Line as Line
from clinic_tui.adoption.report import band as band
from clinic_tui.adoption.report import csv_lines as csv_lines
from clinic_tui.adoption.report import read as read
from clinic_tui.adoption.report import read_period as read_period
