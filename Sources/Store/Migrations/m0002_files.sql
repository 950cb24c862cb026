-- Files of messages, in the database as chunks, and what the inbox must carry of them.

-- Ids are random and made by whoever first has the file.
CREATE TABLE file (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES account,
    -- upload (an agent's), message (a customer's), avatar
    role text NOT NULL CHECK (role IN ('upload', 'message', 'avatar')),
    -- The customer whose chat it came in; null for uploads.
    chat text,
    state text NOT NULL CHECK (state IN ('pending', 'ready', 'expired', 'failed')),
    name text,
    mime text,
    size bigint,
    width integer,
    height integer,
    sha256 bytea,
    reason_code text,
    reason_text text,
    -- What the messenger's copy is fetched by, and what tells the same file apart there.
    source text,
    source_key text,
    -- What the messenger calls it since it was sent there, by use.
    refs jsonb NOT NULL DEFAULT '{}',
    uploader text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ready_at timestamptz,
    -- When it was first sent: an upload that never is, is removed after a day.
    used_at timestamptz,
    -- Fetching: when to try next, how often it was tried, and which holder of the lease is at it until when.
    attempts integer NOT NULL DEFAULT 0,
    not_before timestamptz,
    claimed_epoch bigint,
    claimed_until timestamptz
);
CREATE INDEX file_pending ON file (account_id, not_before) WHERE state = 'pending' AND role <> 'upload';
CREATE INDEX file_unsent ON file (created_at) WHERE role = 'upload' AND used_at IS NULL;
CREATE INDEX file_chat ON file (account_id, chat) WHERE chat IS NOT NULL;

CREATE TABLE file_chunk (
    file_id bigint NOT NULL,
    -- Counted from 0, of 256 KiB each but the last.
    n integer NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (file_id, n)
);
-- Media are compressed already.
ALTER TABLE file_chunk ALTER COLUMN data SET STORAGE EXTERNAL;

ALTER TABLE message ADD COLUMN file_id bigint;
CREATE INDEX message_file ON message (file_id) WHERE file_id IS NOT NULL;

ALTER TABLE customer ADD COLUMN avatar_source text;
-- When the messenger was last asked for the picture.
ALTER TABLE customer ADD COLUMN avatar_at timestamptz;

ALTER TABLE inbox
    ADD COLUMN file_id bigint,
    -- The file that an edit brought, as JSON: whether it is a new one is known when the message is.
    ADD COLUMN file text,
    ADD COLUMN pressed text,
    ADD COLUMN phone text,
    ADD COLUMN avatar_source text;
