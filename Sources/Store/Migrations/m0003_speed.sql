-- Long queues and short statements: what a batch needs is had in one call, and what was taken is not looked through again.

-- Each call of nextval hands out a block of 1024 ids, so that one call serves a batch.
ALTER SEQUENCE message_serial INCREMENT BY 1024;

-- Makes sure that a lease holds, and that it cannot pass on before this transaction ends; else the transaction fails. A
-- statement of its own in a pipeline, so that the check costs no round trip.
CREATE FUNCTION require_lease(account bigint, epoch bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM FROM account_state s
    WHERE s.account_id = account AND s.lease_epoch = epoch AND s.lease_valid_until > clock_timestamp()
    FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the lease of account % has passed on', account USING ERRCODE = 'EL001';
    END IF;
END $$;

-- Takes what can be taken of the inbox behind an id: first shards of chats, then, in a statement begun after that, their rows,
-- oldest first. Of many waiting shards it takes half, so that others find something too.
--
-- `after` spares looking through index entries of what was taken long ago, which stay until a vacuum.
CREATE FUNCTION take_inbox(most integer, after bigint) RETURNS SETOF inbox LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    mine smallint[];
BEGIN
    WITH waiting AS MATERIALIZED (
        SELECT s::smallint AS shard FROM generate_series(0, 63) s
        -- One look at each shard: LIMIT keeps the planner from reading the whole inbox once instead.
        CROSS JOIN LATERAL (
            SELECT FROM inbox WHERE inbox.shard = s::smallint AND inbox.id > after AND NOT deferred LIMIT 1
        ) AS first
        ORDER BY random()
    ), locked AS MATERIALIZED (
        SELECT shard FROM waiting WHERE pg_try_advisory_xact_lock(7301, shard)
        LIMIT (SELECT greatest(4, (count(*) + 1) / 2) FROM waiting)
    )
    SELECT array_agg(shard) INTO mine FROM locked;
    RETURN QUERY
        SELECT i.* FROM unnest(mine) m (shard)
        CROSS JOIN LATERAL (
            SELECT * FROM inbox WHERE inbox.shard = m.shard AND inbox.id > after AND NOT deferred
            ORDER BY inbox.id LIMIT most
        ) i
        ORDER BY i.id LIMIT most;
END $$;
