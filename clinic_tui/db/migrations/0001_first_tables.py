"""The first tables, as they were: a frozen text of its own, whatever the models become later."""

from __future__ import annotations

from typing import Any

import peewee

TABLES = """
CREATE TABLE practitioner (
    id {id},
    name TEXT NOT NULL,
    name_fold TEXT{c} NOT NULL,
    email TEXT,
    email_fold TEXT{c},
    source_id TEXT,
    active BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX practitioner_name_fold ON practitioner (name_fold);
CREATE INDEX practitioner_email_fold ON practitioner (email_fold);
CREATE UNIQUE INDEX practitioner_source_id ON practitioner (source_id);

CREATE TABLE staff (
    id {id},
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    role TEXT NOT NULL CHECK (role IN ('owner', 'practitioner', 'front-desk')),
    scope TEXT,
    names_hidden BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    practitioner_id BIGINT,
    created_at BIGINT NOT NULL,
    FOREIGN KEY (practitioner_id) REFERENCES practitioner (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX staff_login ON staff (login);
CREATE INDEX staff_practitioner_id ON staff (practitioner_id);

CREATE TABLE setting (
    id {id},
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);
CREATE UNIQUE INDEX setting_name ON setting (name);

CREATE TABLE history (
    id {id},
    at BIGINT NOT NULL,
    login TEXT NOT NULL,
    action TEXT NOT NULL,
    patient_id BIGINT,
    invitation_id BIGINT,
    detail TEXT
);
CREATE INDEX history_at ON history (at);
CREATE INDEX history_patient_id ON history (patient_id);

CREATE TABLE import_batch (
    id {id},
    name TEXT NOT NULL,
    login TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    summary TEXT
);

CREATE TABLE queue (
    id {id},
    paused_at BIGINT,
    paused_reason TEXT,
    last_sync_at BIGINT
);

CREATE TABLE mailbox_position (
    id {id},
    mailbox TEXT NOT NULL,
    uidvalidity BIGINT NOT NULL,
    last_uid BIGINT NOT NULL
);
CREATE UNIQUE INDEX mailbox_position_mailbox ON mailbox_position (mailbox);

CREATE TABLE patient (
    id {id},
    number TEXT{c} NOT NULL,
    source TEXT,
    source_id TEXT,
    given TEXT NOT NULL,
    family TEXT NOT NULL,
    preferred TEXT,
    sort_name TEXT{c} NOT NULL,
    birth_date DATE,
    sex TEXT CHECK (sex IN ('female', 'male', 'other')),
    mobile TEXT,
    phone TEXT,
    email TEXT,
    email_fold TEXT{c},
    street TEXT,
    suburb TEXT,
    region TEXT,
    postcode TEXT,
    country TEXT,
    language TEXT,
    status TEXT NOT NULL CHECK (status IN ('current', 'waiting', 'archived', 'deceased', 'blocked')),
    communication TEXT NOT NULL CHECK (communication IN ('all', 'email', 'phone', 'none')),
    practitioner_id BIGINT,
    portal TEXT NOT NULL CHECK (portal IN (
        'not_invited', 'queued', 'invited', 'unconfirmed', 'failed', 'bounced', 'accepted_check',
        'accepted_steps', 'accepted', 'declined', 'expired', 'active', 'disabled'
    )),
    portal_at BIGINT,
    portal_until BIGINT,
    batch_id BIGINT,
    version INTEGER NOT NULL,
    FOREIGN KEY (practitioner_id) REFERENCES practitioner (id) ON DELETE SET NULL,
    FOREIGN KEY (batch_id) REFERENCES import_batch (id) ON DELETE SET NULL,
    CHECK (length(trim(given)) + length(trim(family)) > 0)
);
CREATE UNIQUE INDEX patient_number ON patient (number);
CREATE INDEX patient_sort_name ON patient (sort_name);
CREATE INDEX patient_birth_date ON patient (birth_date);
CREATE INDEX patient_email_fold ON patient (email_fold);
CREATE INDEX patient_practitioner_id_sort_name ON patient (practitioner_id, sort_name);
CREATE UNIQUE INDEX patient_source_source_id ON patient (source, source_id);

CREATE TABLE patient_token (
    token TEXT{c} NOT NULL,
    patient_id BIGINT NOT NULL,
    PRIMARY KEY (token, patient_id),
    FOREIGN KEY (patient_id) REFERENCES patient (id) ON DELETE CASCADE
){without_rowid};
CREATE INDEX patient_token_patient_id_token ON patient_token (patient_id, token);

CREATE TABLE contact (
    id {id},
    patient_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    relationship TEXT,
    is_guardian BOOLEAN NOT NULL,
    email TEXT,
    phone TEXT,
    source_id TEXT,
    FOREIGN KEY (patient_id) REFERENCES patient (id) ON DELETE CASCADE
);
CREATE INDEX contact_patient_id ON contact (patient_id);

CREATE TABLE appointment (
    id {id},
    patient_id BIGINT NOT NULL,
    practitioner_id BIGINT,
    starts_at BIGINT NOT NULL,
    minutes INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('booked', 'seen', 'cancelled', 'missed')),
    source_id TEXT,
    FOREIGN KEY (patient_id) REFERENCES patient (id) ON DELETE CASCADE,
    FOREIGN KEY (practitioner_id) REFERENCES practitioner (id) ON DELETE SET NULL
);
CREATE INDEX appointment_practitioner_id ON appointment (practitioner_id);
CREATE UNIQUE INDEX appointment_source_id ON appointment (source_id);
CREATE INDEX appointment_patient_id_starts_at ON appointment (patient_id, starts_at);
CREATE INDEX appointment_starts_at ON appointment (starts_at);

CREATE TABLE portal_account (
    id {id},
    patient_id BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
    since BIGINT NOT NULL,
    known_from TEXT NOT NULL,
    FOREIGN KEY (patient_id) REFERENCES patient (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX portal_account_patient_id ON portal_account (patient_id);

CREATE TABLE invitation (
    id {id},
    ref TEXT{c} NOT NULL,
    patient_id BIGINT NOT NULL,
    email TEXT NOT NULL,
    email_fold TEXT{c} NOT NULL,
    staff_id BIGINT,
    state TEXT NOT NULL CHECK (state IN (
        'queued', 'sent', 'unconfirmed', 'failed', 'bounced', 'accepted',
        'declined', 'expired', 'revoked', 'superseded', 'cancelled'
    )),
    custom_message TEXT NOT NULL,
    template TEXT NOT NULL,
    language TEXT NOT NULL,
    key_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    failed_codes INTEGER NOT NULL,
    expires_days INTEGER NOT NULL CHECK (expires_days BETWEEN 1 AND 30),
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    expires_at BIGINT,
    closed_at BIGINT,
    closed_by TEXT,
    reason TEXT,
    accepted_at BIGINT,
    accepted_how TEXT CHECK (accepted_how IN ('reply', 'code', 'desk')),
    identity_at BIGINT,
    identity_by TEXT,
    identity_how TEXT,
    steps_at BIGINT,
    superseded_by_id BIGINT,
    FOREIGN KEY (patient_id) REFERENCES patient (id) ON DELETE CASCADE,
    FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE SET NULL,
    FOREIGN KEY (superseded_by_id) REFERENCES invitation (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX invitation_ref ON invitation (ref);
CREATE INDEX invitation_patient_id ON invitation (patient_id);
CREATE INDEX invitation_email_fold ON invitation (email_fold);
CREATE INDEX invitation_staff_id ON invitation (staff_id);
CREATE INDEX invitation_state ON invitation (state);
CREATE UNIQUE INDEX invitation_token_hash ON invitation (token_hash);
CREATE INDEX invitation_superseded_by_id ON invitation (superseded_by_id);
CREATE UNIQUE INDEX invitation_one_live ON invitation (patient_id) WHERE state IN ('queued', 'sent', 'unconfirmed');

CREATE TABLE message (
    id {id},
    ref TEXT{c} NOT NULL,
    invitation_id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('invitation', 'confirmation', 'setup')),
    state TEXT NOT NULL CHECK (state IN (
        'queued', 'claimed', 'data', 'sent', 'deferred',
        'failed', 'unconfirmed', 'bounced', 'cancelled'
    )),
    automatic BOOLEAN NOT NULL,
    domain TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    claimed_by TEXT,
    fence INTEGER NOT NULL,
    lease_until BIGINT,
    data_at BIGINT,
    sent_at BIGINT,
    answer TEXT,
    FOREIGN KEY (invitation_id) REFERENCES invitation (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX message_ref ON message (ref);
CREATE INDEX message_invitation_id ON message (invitation_id);
CREATE INDEX message_state_due_at ON message (state, due_at);

CREATE TABLE reply (
    id {id},
    digest TEXT{c} NOT NULL,
    invitation_id BIGINT,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN (
        'accepted', 'declined', 'stopped', 'not_me', 'bounced',
        'noted', 'review', 'dismissed', 'ignored'
    )),
    why TEXT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    handled_at BIGINT,
    handled_by TEXT,
    FOREIGN KEY (invitation_id) REFERENCES invitation (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX reply_digest ON reply (digest);
CREATE INDEX reply_invitation_id ON reply (invitation_id);
CREATE INDEX reply_outcome ON reply (outcome);

CREATE TABLE notification (
    id {id},
    kind TEXT NOT NULL CHECK (kind IN (
        'accepted', 'declined', 'bounced', 'failed',
        'unconfirmed', 'review', 'paused'
    )),
    patient_id BIGINT,
    invitation_id BIGINT,
    reply_id BIGINT,
    detail TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    archived_at BIGINT,
    archived_by TEXT,
    FOREIGN KEY (patient_id) REFERENCES patient (id) ON DELETE CASCADE,
    FOREIGN KEY (invitation_id) REFERENCES invitation (id) ON DELETE CASCADE,
    FOREIGN KEY (reply_id) REFERENCES reply (id) ON DELETE SET NULL
);
CREATE INDEX notification_patient_id ON notification (patient_id);
CREATE INDEX notification_invitation_id ON notification (invitation_id);
CREATE INDEX notification_reply_id ON notification (reply_id);
CREATE INDEX notification_archived_at ON notification (archived_at);

CREATE TABLE blocked_address (
    id {id},
    email_fold TEXT{c} NOT NULL,
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL
);
CREATE UNIQUE INDEX blocked_address_email_fold ON blocked_address (email_fold);
INSERT INTO queue DEFAULT VALUES
"""


def up(_migrator: Any, db: Any) -> None:
    postgres = isinstance(db, peewee.PostgresqlDatabase)
    engine = {
        "id": "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
        if postgres
        else "INTEGER PRIMARY KEY AUTOINCREMENT",
        # Prefix ranges need byte order: other collations cannot serve them from an index.
        "c": ' COLLATE "C"' if postgres else "",
        "without_rowid": "" if postgres else " WITHOUT ROWID",
    }
    for statement in TABLES.format(**engine).split(";\n"):
        db.execute_sql(statement)
