"""The practice's own tables: practitioners, staff, settings, history, imports, and the state of the post."""

from __future__ import annotations

from typing import TYPE_CHECKING

import peewee

from clinic_tui.db.fields import JsonField, MomentField
from clinic_tui.db.models.base import Row, one_of

ROLES = ("owner", "practitioner", "front-desk")
REPORT_KINDS = ("case_load",)
IMPORTED_KINDS = ("patient", "contact", "practitioner", "appointment", "portal")
NOTICE_KINDS = ("history_head", "test")
NOTICE_STATES = ("queued", "data", "sent", "deferred", "failed", "unconfirmed")
TEMPLATE_KINDS = ("invitation", "reminder", "confirmation", "setup")


class Practitioner(Row):
    """Someone who treats patients. `email_fold` is what no invitation may go to; `name_fold` finds one by name."""

    name = peewee.TextField()
    name_fold = peewee.TextField(unique=True)
    email = peewee.TextField(null=True)
    email_fold = peewee.TextField(null=True, index=True)
    source_id = peewee.TextField(null=True, unique=True)
    active = peewee.BooleanField(default=True)
    batch_id = peewee.BigIntegerField(null=True)  # the import that brought them: its table comes later here


class Staff(Row):
    """A staff member.

    `scope` null: all patients; "own": those of the practitioner that they are; else the ids of the practitioners whose
    patients they see. `bulk`: whether they act on many patients at once. `removed_at`: since when they are staff no
    more; the row stays, so that what they did keeps its name.
    """

    login = peewee.TextField(unique=True)
    name = peewee.TextField()
    email = peewee.TextField(null=True)
    role = peewee.TextField(constraints=one_of("role", ROLES))
    scope = JsonField(null=True)
    names_hidden = peewee.BooleanField(default=False)
    active = peewee.BooleanField(default=True)
    practitioner = peewee.ForeignKeyField(Practitioner, null=True, on_delete="SET NULL")
    bulk = peewee.BooleanField(default=True)
    created_at = MomentField()
    removed_at = MomentField(null=True)

    if TYPE_CHECKING:  # peewee adds the raw id beside each foreign key
        practitioner_id: int | None


class Setting(Row):
    """One setting, by the name that `clinic_tui.settings` documents."""

    name = peewee.TextField(unique=True)
    value = JsonField()
    changed_at = MomentField()
    changed_by = peewee.TextField()


class History(Row):
    """Who did what, when, to what. Rows are only ever added: the database itself refuses anything else but erasing.

    `detail` holds no code, token or message text. Each line is chained to the one before it by `hash`, which covers
    `digest` (of `salt` and detail) in the place of the detail: see `history.chain`. Erased: no detail and no salt.
    """

    at = MomentField(index=True)
    login = peewee.TextField()
    action = peewee.TextField()
    patient_id = peewee.BigIntegerField(null=True, index=True)
    invitation_id = peewee.BigIntegerField(null=True)
    detail = JsonField(null=True)
    salt = peewee.TextField(null=True)
    digest = peewee.TextField(default="")
    hash = peewee.TextField()


FORGOTTEN = "forgotten"


class ImportBatch(Row):
    """One import, by a name, and what became of its rows. Rows that it added elsewhere refer to it.

    `summary` has FORGOTTEN set once it is not kept any more what its rows held before. `after_history`: the newest line
    of the history when it began. `undoing`: from its first step to its last, how far its undoing is.
    """

    name = peewee.TextField()
    login = peewee.TextField()
    started_at = MomentField()
    finished_at = MomentField(null=True)
    summary = JsonField(null=True)
    undone_at = MomentField(null=True)
    undone_by = peewee.TextField(null=True)
    after_history = peewee.BigIntegerField(default=0)
    undoing = JsonField(null=True)


class ImportChange(Row):
    """A row that an import changed: the fields that it changed, `before` and `after`."""

    batch = peewee.ForeignKeyField(ImportBatch, on_delete="CASCADE")
    kind = peewee.TextField(constraints=one_of("kind", IMPORTED_KINDS))
    row_id = peewee.BigIntegerField()
    before = JsonField()
    after = JsonField()

    class Meta:
        """What an import changed of some rows, and which others changed them, is looked up."""

        indexes = ((("row_id", "batch"), False),)


class ImportedValue(peewee.Model):
    """What an import said last of one thing, kept where it is not what the record says: see `imports.last_said`."""

    kind = peewee.TextField()
    row_id = peewee.BigIntegerField()
    field = peewee.TextField()
    value = JsonField()

    class Meta:
        """One value for each field of each row."""

        database = Row._meta.database
        legacy_table_names = False
        primary_key = peewee.CompositeKey("kind", "row_id", "field")


class ImportSaid(Row):
    """What stood in ImportedValue before an import put something else there; None: nothing."""

    batch = peewee.ForeignKeyField(ImportBatch, on_delete="CASCADE")
    kind = peewee.TextField()
    row_id = peewee.BigIntegerField()
    field = peewee.TextField()
    before = JsonField(null=True)

    class Meta:
        """Looked up as ImportChange is."""

        indexes = ((("row_id", "batch"), False),)


class RefusedRow(Row):
    """A row that an import did not take: its file and line, why, and its cells where it had some."""

    batch = peewee.ForeignKeyField(ImportBatch, on_delete="CASCADE")
    file = peewee.TextField()
    line = peewee.BigIntegerField(null=True)
    reason = peewee.TextField()
    cells = JsonField(null=True)


class SavedReport(Row):
    """A report by its name: what it filters and sorts by, as `case_load.saved` writes it. It holds no patient."""

    name = peewee.TextField()
    name_fold = peewee.TextField(unique=True)
    kind = peewee.TextField(default="case_load", constraints=one_of("kind", REPORT_KINDS))
    filters = JsonField()
    sort = peewee.TextField()
    saved_at = MomentField()
    saved_by = peewee.TextField()


class Template(Row):
    """A communication template by its name; its words are in its versions, of which `version` is the newest.

    `is_default`: the one of its kind and language that goes out where nobody chose another.
    """

    kind = peewee.TextField(constraints=one_of("kind", TEMPLATE_KINDS))
    name = peewee.TextField()
    name_fold = peewee.TextField(unique=True)
    language = peewee.TextField()
    version = peewee.IntegerField(default=1)
    is_default = peewee.BooleanField(default=False)
    archived_at = MomentField(null=True)

    class Meta:
        """At most one default of a kind in a language, and never an archived one: the database's own word on it."""

        indexes = (
            peewee.SQL("CREATE UNIQUE INDEX template_one_default ON template (kind, language) WHERE is_default"),
        )
        constraints = (peewee.Check("NOT is_default OR archived_at IS NULL"),)


class TemplateVersion(Row):
    """What a template said from one edit to the next. Rows are only ever added: invitations keep theirs."""

    template = peewee.ForeignKeyField(Template, index=False, on_delete="CASCADE", backref="versions")
    version = peewee.IntegerField()
    subject = peewee.TextField()
    body = peewee.TextField()
    edited_at = MomentField()
    edited_by = peewee.TextField()

    if TYPE_CHECKING:  # peewee adds the raw id beside each foreign key
        template_id: int

    class Meta:
        """A version is there once: who edits at the same time as another hears of it."""

        indexes = ((("template", "version"), True),)


class Queue(Row):
    """One row: whether the whole queue is paused and why, when the post was last worked, and the mailbox last read.

    `instance`, `place`: what the database is known by; `copied_at`: it is a copy. See `outbox.copies`.
    `purged_at`: when what is kept no longer was last taken out; `purged`: how much, by `retention.Purged`.
    """

    paused_at = MomentField(null=True)
    paused_reason = peewee.TextField(null=True)
    last_sync_at = MomentField(null=True)
    mailbox_read_at = MomentField(null=True)
    instance = peewee.TextField(null=True)
    place = peewee.TextField(null=True)
    copied_at = MomentField(null=True)
    purged_at = MomentField(null=True)
    purged = JsonField(null=True)


class MailboxPosition(Row):
    """How far a mailbox folder has been read: IMAP's UIDVALIDITY and the last UID."""

    mailbox = peewee.TextField(unique=True)
    uidvalidity = peewee.BigIntegerField(default=0)
    last_uid = peewee.BigIntegerField(default=0)


class Notice(Row):
    """A mail of the program's own to a staff member: it holds nothing of a patient (of a test, nothing is kept).

    `ref` makes its Message-ID, and keeps the same one from being written twice. `data_at`: written before the body
    goes out, by the one sender that takes it.
    """

    ref = peewee.TextField(unique=True)
    kind = peewee.TextField(constraints=one_of("kind", NOTICE_KINDS))
    address = peewee.TextField()
    subject = peewee.TextField()
    body = peewee.TextField()
    state = peewee.TextField(default="queued", constraints=one_of("state", NOTICE_STATES))
    created_at = MomentField()
    due_at = MomentField()
    attempts = peewee.IntegerField(default=0)
    data_at = MomentField(null=True)
    sent_at = MomentField(null=True)
    answer = peewee.TextField(null=True)

    class Meta:
        """Read by state and due time."""

        indexes = ((("state", "due_at"), False),)
