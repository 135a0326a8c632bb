"""Who did what, when, to what. Lines are only ever added, each chained to the one before it."""

from clinic_tui.history.erasing import Erased as Erased
from clinic_tui.history.erasing import erase as erase
from clinic_tui.history.erasing import erased_among as erased_among
from clinic_tui.history.erasing import unless_erased as unless_erased
from clinic_tui.history.reading import Event as Event
from clinic_tui.history.reading import Wanted as Wanted
from clinic_tui.history.reading import about as about
from clinic_tui.history.reading import csv_lines as csv_lines
from clinic_tui.history.reading import latest as latest
from clinic_tui.history.verifying import Verdict as Verdict
from clinic_tui.history.verifying import verify as verify
from clinic_tui.history.writing import record as record
from clinic_tui.history.writing import record_many as record_many
