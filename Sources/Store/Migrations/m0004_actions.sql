-- What is done at the messenger without sending a message (edits, deletions, answers to presses, read marks), messages in
-- several parts, albums and forwards.

ALTER TABLE outbox
    ADD COLUMN album text,
    -- The message that this part forwards, of the same account.
    ADD COLUMN forward_chat text,
    ADD COLUMN forward_external text,
    -- Rewritten since it was queued: whoever claims it takes what it says now.
    ADD COLUMN edited boolean NOT NULL DEFAULT false;

-- The parts of messages whose parts are not simply the message itself: a retry goes on with what was to be sent.
CREATE TABLE message_part (
    message_id bigint NOT NULL,
    part smallint NOT NULL,
    kind text NOT NULL,
    content text NOT NULL,
    keyboard text,
    forward_chat text,
    forward_external text,
    PRIMARY KEY (message_id, part)
);

-- External ids of second and later parts, by which receipts, replies and presses find their message.
CREATE TABLE part_external (
    customer_id bigint NOT NULL,
    external_id text NOT NULL,
    message_id bigint NOT NULL,
    PRIMARY KEY (customer_id, external_id, message_id)
);
CREATE INDEX part_external_message ON part_external (message_id);

CREATE TABLE action (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL,
    chat text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('edit', 'delete', 'answer', 'read')),
    -- done rows are kept for a day, so that a press that is over is told from one that never was.
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'doing', 'done')),
    -- Null for a press that no ChatServer has taken yet.
    message_id bigint,
    part smallint NOT NULL DEFAULT 1,
    -- What is acted upon; of an answer: the press itself.
    external_id text,
    content_kind text,
    content text,
    keyboard text,
    -- What the history said before, for taking back.
    before_content text,
    before_keyboard text,
    before_edited_at timestamptz,
    callback text,
    answer text,
    alert boolean NOT NULL DEFAULT false,
    -- Who asked for it; null: nobody, it is Eralink's own answer.
    agent text,
    not_before timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    epoch bigint,
    claimed_until timestamptz,
    started_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 70);
CREATE INDEX action_due ON action (account_id, id) WHERE state <> 'done';
CREATE INDEX action_callback ON action (callback) WHERE callback IS NOT NULL;
CREATE INDEX action_message ON action (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX action_done ON action (created_at) WHERE state = 'done';

-- What it was an attempt at; null: sending.
ALTER TABLE attempt ADD COLUMN action text;
