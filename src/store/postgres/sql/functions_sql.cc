#include "store/postgres/sql/schema_sql.h"

// What changes rows. Each function is one transaction, run at READ COMMITTED: every statement in it
// sees what was committed before that statement, which is what the checks behind a lock rely on.
//
// Locks are taken in one order, so that transactions wait for each other but never in a circle:
// the user (an advisory lock), then the user's row, then sessions in the order of their ids.
namespace latchkey::postgres {

const std::array<const char*, kSchemaVersion> kFunctionScripts{R"sql(
-- begin comes first in each function: is this still the store that was opened?
CREATE FUNCTION @begin(p_instance text) RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
  IF NOT EXISTS(SELECT 1 FROM @meta WHERE key='instance' AND value=p_instance) THEN
    RAISE EXCEPTION 'latchkey: another instance' USING ERRCODE='LK001';
  END IF;
  IF current_setting('transaction_isolation')<>'read committed' THEN
    RAISE EXCEPTION 'latchkey: needs READ COMMITTED' USING ERRCODE='LK002';
  END IF;
  IF current_setting('synchronous_commit')='off' THEN
    PERFORM set_config('synchronous_commit','on',true);
  END IF;
  PERFORM set_config('lock_timeout','1800ms',true);
END $f$;

-- lock_user: one at a time for what counts or ends the sessions of a user.
CREATE FUNCTION @lock_user(p_user text) RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('latchkey:'||p_user,0));
END $f$;

CREATE FUNCTION @tell(p_origin int8,p_ids text[],p_users text[]) RETURNS void
LANGUAGE plpgsql AS $f$
BEGIN
  INSERT INTO @outbox(origin,ids,users) VALUES(p_origin,p_ids,p_users);
END $f$;

-- bury ends sessions and returns those that existed.
CREATE FUNCTION @bury(p_ids text[],p_reason int8,p_now int8) RETURNS text[] LANGUAGE plpgsql AS $f$
DECLARE v_gone text[];
BEGIN
  PERFORM 1 FROM @sessions WHERE id=ANY(p_ids) ORDER BY id FOR UPDATE;
  WITH gone AS(DELETE FROM @sessions WHERE id=ANY(p_ids) RETURNING id,secret_hash),
  buried AS(INSERT INTO @tombstones(id,secret_hash,reason,ended_at)
    SELECT id,secret_hash,p_reason,p_now FROM gone ON CONFLICT(id) DO NOTHING)
  SELECT coalesce(array_agg(id),'{}') INTO v_gone FROM gone;
  RETURN v_gone;
END $f$;

-- evict ends the longest idle live sessions of a user until p_keep are left beside p_new.
CREATE FUNCTION @evict(p_user text,p_new text,p_keep int8,p_now int8) RETURNS text[]
LANGUAGE plpgsql AS $f$
DECLARE v_ids text[]; v_gone text[];
BEGIN
  v_ids:=ARRAY(SELECT id FROM @sessions
    WHERE user_id=p_user AND idle_expires_at>p_now AND id<>p_new
    ORDER BY last_seen_at DESC,created_at DESC,id DESC OFFSET p_keep);
  IF cardinality(v_ids)=0 THEN RETURN v_ids; END IF;
  v_gone:=@bury(v_ids,3,p_now);
  RETURN ARRAY(SELECT i.id FROM unnest(v_ids) WITH ORDINALITY i(id,n) WHERE i.id=ANY(v_gone)
    ORDER BY i.n DESC);
END $f$;

-- insert: status 0 inserted, 1 id_taken, 2 user_changed.
CREATE FUNCTION @insert(p_instance text,p_origin int8,p_now int8,p_max int8,p_epoch int8,
  p_id text,p_secret_hash bytea,p_user text,p_created_at int8,p_authenticated_at int8,
  p_last_seen_at int8,p_idle_expires_at int8,p_absolute_expires_at int8,p_idle int8,p_level int8,
  p_persistent bool,p_version int8,p_user_agent text,p_address text,p_attributes text,
  p_previous bytea,OUT status int8,OUT evicted text) LANGUAGE plpgsql AS $f$
DECLARE v_gone text[]:='{}';
BEGIN
  PERFORM @begin(p_instance);
  IF p_user IS NOT NULL AND (p_max>0 OR p_epoch IS NOT NULL) THEN
    PERFORM @lock_user(p_user);
    IF p_epoch<>coalesce((SELECT epoch FROM @user_epochs WHERE user_id=p_user),0) THEN
      status:=2;
      RETURN;
    END IF;
  END IF;
  INSERT INTO @sessions(id,secret_hash,user_id,created_at,authenticated_at,last_seen_at,
    idle_expires_at,absolute_expires_at,idle,level,persistent,version,user_agent,address,
    attributes,previous)
  VALUES(p_id,p_secret_hash,p_user,p_created_at,p_authenticated_at,p_last_seen_at,
    p_idle_expires_at,p_absolute_expires_at,p_idle,p_level,p_persistent,p_version,p_user_agent,
    p_address,p_attributes,p_previous) ON CONFLICT(id) DO NOTHING;
  IF NOT FOUND THEN
    status:=1;
    RETURN;
  END IF;
  -- Behind the insert, which may have waited for the removal of the same id to be committed.
  IF EXISTS(SELECT 1 FROM @tombstones WHERE id=p_id) THEN
    DELETE FROM @sessions WHERE id=p_id;
    status:=1;
    RETURN;
  END IF;
  IF p_user IS NOT NULL AND p_max>0 THEN
    v_gone:=@evict(p_user,p_id,p_max-1,p_now);
    IF cardinality(v_gone)>0 THEN PERFORM @tell(p_origin,v_gone,NULL); END IF;
  END IF;
  status:=0;
  evicted:=array_to_string(v_gone,',');
END $f$;

CREATE FUNCTION @touch(p_instance text,p_ids text[],p_seen int8[],p_idle int8[]) RETURNS int8
LANGUAGE plpgsql AS $f$
DECLARE v_touch record; v_moved int8:=0;
BEGIN
  PERFORM @begin(p_instance);
  PERFORM set_config('synchronous_commit','off',true);
  PERFORM 1 FROM @sessions WHERE id=ANY(p_ids) ORDER BY id FOR UPDATE;
  FOR v_touch IN SELECT * FROM unnest(p_ids,p_seen,p_idle) t(id,seen,idle) LOOP
    UPDATE @sessions SET last_seen_at=greatest(last_seen_at,v_touch.seen),
      idle_expires_at=greatest(idle_expires_at,least(v_touch.idle,absolute_expires_at))
    WHERE id=v_touch.id AND idle_expires_at>v_touch.seen
      AND (last_seen_at<v_touch.seen OR idle_expires_at<least(v_touch.idle,absolute_expires_at));
    IF FOUND THEN v_moved:=v_moved+1; END IF;
  END LOOP;
  RETURN v_moved;
END $f$;

-- replace: 0 replaced, 1 conflict, 2 gone, 3 user_id or created_at would change.
CREATE FUNCTION @replace(p_instance text,p_origin int8,p_now int8,
  p_id text,p_secret_hash bytea,p_user text,p_created_at int8,p_authenticated_at int8,
  p_last_seen_at int8,p_idle_expires_at int8,p_absolute_expires_at int8,p_idle int8,p_level int8,
  p_persistent bool,p_version int8,p_user_agent text,p_address text,p_attributes text,
  p_previous bytea) RETURNS int8 LANGUAGE plpgsql AS $f$
DECLARE v_version int8;
BEGIN
  PERFORM @begin(p_instance);
  UPDATE @sessions SET secret_hash=p_secret_hash,authenticated_at=p_authenticated_at,
    last_seen_at=greatest(last_seen_at,p_last_seen_at),
    idle_expires_at=least(greatest(idle_expires_at,p_idle_expires_at),
      greatest(absolute_expires_at,p_absolute_expires_at)),
    absolute_expires_at=greatest(absolute_expires_at,p_absolute_expires_at),idle=p_idle,
    level=p_level,persistent=p_persistent,version=version+1,user_agent=p_user_agent,
    address=p_address,attributes=p_attributes,previous=p_previous
  WHERE id=p_id AND version=p_version AND idle_expires_at>p_now AND created_at=p_created_at
    AND user_id IS NOT DISTINCT FROM p_user;
  IF FOUND THEN
    PERFORM @tell(p_origin,ARRAY[p_id],NULL);
    RETURN 0;
  END IF;
  SELECT version INTO v_version FROM @sessions WHERE id=p_id AND idle_expires_at>p_now;
  IF NOT FOUND THEN RETURN 2; END IF;
  RETURN CASE WHEN v_version=p_version THEN 3 ELSE 1 END;
END $f$;

CREATE FUNCTION @remove(p_instance text,p_origin int8,p_ids text[],p_reason int8,p_now int8)
RETURNS int8 LANGUAGE plpgsql AS $f$
DECLARE v_gone text[];
BEGIN
  PERFORM @begin(p_instance);
  v_gone:=@bury(p_ids,p_reason,p_now);
  IF cardinality(v_gone)>0 THEN PERFORM @tell(p_origin,v_gone,NULL); END IF;
  RETURN cardinality(v_gone);
END $f$;

-- remove_user needs no lock against inserts without an epoch: those that committed later than its
-- look at the table came after it.
CREATE FUNCTION @remove_user(p_instance text,p_origin int8,p_user text,p_except text,p_reason int8,
  p_now int8,p_bump bool,OUT removed text,OUT epoch int8) LANGUAGE plpgsql AS $f$
BEGIN
  PERFORM @begin(p_instance);
  PERFORM @lock_user(p_user);
  removed:=array_to_string(@bury(ARRAY(SELECT id FROM @sessions
    WHERE user_id=p_user AND id IS DISTINCT FROM p_except),p_reason,p_now),',');
  IF p_bump THEN
    INSERT INTO @user_epochs AS e(user_id,epoch) VALUES(p_user,1)
      ON CONFLICT(user_id) DO UPDATE SET epoch=e.epoch+1;
  END IF;
  epoch:=coalesce((SELECT e.epoch FROM @user_epochs e WHERE e.user_id=p_user),0);
  PERFORM @tell(p_origin,NULL,ARRAY[p_user]);
END $f$;

CREATE FUNCTION @prune(p_instance text,p_now int8,p_limit int8,p_tombstones_before int8)
RETURNS int8 LANGUAGE plpgsql AS $f$
DECLARE v_gone int8; v_more int8:=0;
BEGIN
  PERFORM @begin(p_instance);
  PERFORM set_config('synchronous_commit','off',true);
  DELETE FROM @sessions WHERE ctid=ANY(ARRAY(SELECT ctid FROM @sessions
    WHERE idle_expires_at<=p_now ORDER BY idle_expires_at LIMIT p_limit
    FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS v_gone=ROW_COUNT;
  IF v_gone<p_limit THEN
    DELETE FROM @tombstones WHERE ctid=ANY(ARRAY(SELECT ctid FROM @tombstones
      WHERE ended_at<p_tombstones_before ORDER BY ended_at LIMIT p_limit-v_gone
      FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS v_more=ROW_COUNT;
  END IF;
  DELETE FROM @outbox WHERE at<now()-interval '5 minutes';
  RETURN v_gone+v_more;
END $f$;

CREATE FUNCTION @add_user(p_instance text,p_origin int8,p_id text,p_username text,p_created_at int8,
  p_disabled bool,p_attributes text,p_username_key text,p_password_hash text) RETURNS bool
LANGUAGE plpgsql AS $f$
BEGIN
  PERFORM @begin(p_instance);
  INSERT INTO @users(id,username,created_at,disabled,attributes,username_key,password_hash)
  VALUES(p_id,p_username,p_created_at,p_disabled,p_attributes,p_username_key,p_password_hash)
  ON CONFLICT(username_key) DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM @tell(p_origin,NULL,ARRAY[p_id]);
  RETURN true;
END $f$;

-- set_password: status 0 changed, 1 conflict, 2 gone.
CREATE FUNCTION @set_password(p_instance text,p_origin int8,p_id text,p_expected text,p_new text,
  p_except text,p_reason int8,p_now int8,OUT status int8,OUT removed text,OUT epoch int8)
LANGUAGE plpgsql AS $f$
BEGIN
  PERFORM @begin(p_instance);
  PERFORM @lock_user(p_id);
  UPDATE @users SET password_hash=p_new WHERE id=p_id AND password_hash=p_expected;
  IF NOT FOUND THEN
    status:=CASE WHEN EXISTS(SELECT 1 FROM @users WHERE id=p_id) THEN 1 ELSE 2 END;
    RETURN;
  END IF;
  SELECT r.removed,r.epoch INTO removed,epoch
    FROM @remove_user(p_instance,p_origin,p_id,p_except,p_reason,p_now,true) r;
  status:=0;
END $f$;

CREATE FUNCTION @upgrade_hash(p_instance text,p_id text,p_expected text,p_new text) RETURNS bool
LANGUAGE plpgsql AS $f$
BEGIN
  PERFORM @begin(p_instance);
  UPDATE @users SET password_hash=p_new WHERE id=p_id AND password_hash=p_expected;
  RETURN FOUND;
END $f$;

CREATE FUNCTION @set_disabled(p_instance text,p_origin int8,p_id text,p_disabled bool) RETURNS bool
LANGUAGE plpgsql AS $f$
BEGIN
  PERFORM @begin(p_instance);
  UPDATE @users SET disabled=p_disabled WHERE id=p_id;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM @tell(p_origin,NULL,ARRAY[p_id]);
  RETURN true;
END $f$;

CREATE FUNCTION @deny(p_instance text,p_keys text[],p_until int8[]) RETURNS int8
LANGUAGE plpgsql AS $f$
DECLARE v_added int8;
BEGIN
  PERFORM @begin(p_instance);
  WITH denials AS(SELECT d.key,max(d.until) AS until FROM unnest(p_keys,p_until) d(key,until)
    GROUP BY d.key ORDER BY d.key),
  put AS(INSERT INTO @denied AS old(key,until) SELECT key,until FROM denials
    ON CONFLICT(key) DO UPDATE SET until=greatest(old.until,excluded.until)
    RETURNING (xmax=0) AS is_new)
  SELECT count(*) FILTER(WHERE is_new) INTO v_added FROM put;
  RETURN v_added;
END $f$;

CREATE FUNCTION @prune_denials(p_instance text,p_now int8,p_limit int8) RETURNS int8
LANGUAGE plpgsql AS $f$
DECLARE v_gone int8;
BEGIN
  PERFORM @begin(p_instance);
  PERFORM set_config('synchronous_commit','off',true);
  DELETE FROM @denied WHERE ctid=ANY(ARRAY(SELECT ctid FROM @denied WHERE until<=p_now
    ORDER BY until LIMIT p_limit FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS v_gone=ROW_COUNT;
  RETURN v_gone;
END $f$;

CREATE FUNCTION @put_keys(p_instance text,p_expected int8,p_ids text[],p_states int8[],
  p_secrets bytea[],p_created_at int8[],p_activates_at int8[]) RETURNS bool
LANGUAGE plpgsql AS $f$
BEGIN
  PERFORM @begin(p_instance);
  UPDATE @meta SET value=(p_expected+1)::text WHERE key='keys_version' AND value=p_expected::text;
  IF NOT FOUND THEN RETURN false; END IF;
  DELETE FROM @keys;
  INSERT INTO @keys(position,id,state,secret,created_at,activates_at)
  SELECT k.n,k.id,k.state,k.secret,k.created_at,k.activates_at
  FROM unnest(p_ids,p_states,p_secrets,p_created_at,p_activates_at)
    WITH ORDINALITY k(id,state,secret,created_at,activates_at,n);
  RETURN true;
END $f$;
)sql",
                                                               R"sql(
-- take counts a try at each counter, or at none. A refused one locks and writes nothing. Rows are
-- made and locked in the order of their keys; one that was pruned in between is made again.
CREATE FUNCTION @take(p_instance text,p_keys text[],p_free int8[],p_first int8[],p_longest int8[],
  p_most int8[],p_window int8[],p_moving int8[],p_now int8)
RETURNS TABLE(taken int8,tries int8,next_at int8) LANGUAGE plpgsql AS $f$
DECLARE v_locked int8; v_taken bool:=false;
BEGIN
  PERFORM @begin(p_instance);
  PERFORM set_config('synchronous_commit','off',true);
  IF NOT EXISTS(SELECT 1 FROM @counters c
      WHERE c.key=ANY(p_keys) AND c.next_at>p_now AND c.expires_at>p_now) THEN
    LOOP
      INSERT INTO @counters AS c(key,count,next_at,expires_at)
        SELECT k.key,0,0,0 FROM unnest(p_keys) k(key) ORDER BY k.key ON CONFLICT(key) DO NOTHING;
      PERFORM 1 FROM @counters c WHERE c.key=ANY(p_keys) ORDER BY c.key FOR UPDATE;
      GET DIAGNOSTICS v_locked=ROW_COUNT;
      EXIT WHEN v_locked=cardinality(p_keys);
    END LOOP;
    v_taken:=NOT EXISTS(SELECT 1 FROM @counters c
      WHERE c.key=ANY(p_keys) AND c.next_at>p_now AND c.expires_at>p_now);
  END IF;
  IF v_taken THEN
    UPDATE @counters c SET count=n.count,expires_at=n.expires_at,next_at=CASE
        WHEN n.count>=n.most THEN n.expires_at
        WHEN n.count>=n.free THEN least(n.expires_at,
          p_now+least(n.longest,n.first*(1::int8<<least(n.count-n.free,30)::int4)))
        ELSE 0 END
    FROM (SELECT r.key,r.free,r.first,r.longest,r.most,
        CASE WHEN o.expires_at<=p_now THEN 1 ELSE o.count+1 END AS count,
        CASE WHEN o.expires_at<=p_now OR r.moving<>0 THEN p_now+r.window
          ELSE o.expires_at END AS expires_at
      FROM unnest(p_keys,p_free,p_first,p_longest,p_most,p_window,p_moving)
        r(key,free,first,longest,most,"window",moving) JOIN @counters o ON o.key=r.key) n
    WHERE c.key=n.key;
  END IF;
  RETURN QUERY SELECT v_taken::int4::int8,
      CASE WHEN c.expires_at>p_now THEN c.count ELSE 0 END,
      CASE WHEN c.expires_at>p_now THEN c.next_at ELSE 0 END
    FROM unnest(p_keys) WITH ORDINALITY k(key,n) LEFT JOIN @counters c ON c.key=k.key
    ORDER BY k.n;
END $f$;

CREATE FUNCTION @settle(p_instance text,p_cleared text[],p_returned text[]) RETURNS void
LANGUAGE plpgsql AS $f$
BEGIN
  PERFORM @begin(p_instance);
  PERFORM set_config('synchronous_commit','off',true);
  PERFORM 1 FROM @counters WHERE key=ANY(p_cleared||p_returned) ORDER BY key FOR UPDATE;
  DELETE FROM @counters WHERE key=ANY(p_cleared);
  UPDATE @counters SET count=greatest(count-1,0),next_at=0 WHERE key=ANY(p_returned);
END $f$;

CREATE FUNCTION @prune_counters(p_instance text,p_now int8,p_limit int8) RETURNS int8
LANGUAGE plpgsql AS $f$
DECLARE v_gone int8;
BEGIN
  PERFORM @begin(p_instance);
  PERFORM set_config('synchronous_commit','off',true);
  DELETE FROM @counters WHERE ctid=ANY(ARRAY(SELECT ctid FROM @counters WHERE expires_at<=p_now
    ORDER BY expires_at LIMIT p_limit FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS v_gone=ROW_COUNT;
  RETURN v_gone;
END $f$;
)sql",
                                                               R"sql(
-- put_secret returns false when the hash is another user's or purpose's.
CREATE FUNCTION @put_secret(p_instance text,p_hash bytea,p_purpose text,p_user text,p_data text,
  p_created_at int8,p_expires_at int8,p_most int8) RETURNS bool LANGUAGE plpgsql AS $f$
BEGIN
  PERFORM @begin(p_instance);
  PERFORM @lock_user(p_user);
  INSERT INTO @one_time_secrets(hash,purpose,user_id,data,created_at,expires_at)
    VALUES(p_hash,p_purpose,p_user,p_data,p_created_at,p_expires_at) ON CONFLICT(hash) DO NOTHING;
  IF NOT FOUND THEN
    RETURN EXISTS(SELECT 1 FROM @one_time_secrets
      WHERE hash=p_hash AND user_id=p_user AND purpose=p_purpose);
  END IF;
  DELETE FROM @one_time_secrets WHERE hash=ANY(ARRAY(SELECT hash FROM @one_time_secrets
    WHERE user_id=p_user AND purpose=p_purpose AND hash<>p_hash
    ORDER BY created_at DESC,hash DESC OFFSET p_most-1));
  RETURN true;
END $f$;

-- take_secret: of many at the same time one finds the row.
CREATE FUNCTION @take_secret(p_instance text,p_hash bytea,p_purpose text,p_now int8)
RETURNS SETOF @one_time_secrets LANGUAGE plpgsql AS $f$
BEGIN
  PERFORM @begin(p_instance);
  RETURN QUERY DELETE FROM @one_time_secrets s
    WHERE s.hash=p_hash AND s.purpose=p_purpose AND s.expires_at>p_now RETURNING s.*;
END $f$;

CREATE FUNCTION @remove_secrets(p_instance text,p_user text,p_purpose text) RETURNS int8
LANGUAGE plpgsql AS $f$
DECLARE v_gone int8;
BEGIN
  PERFORM @begin(p_instance);
  PERFORM @lock_user(p_user);
  DELETE FROM @one_time_secrets WHERE user_id=p_user AND (p_purpose='' OR purpose=p_purpose);
  GET DIAGNOSTICS v_gone=ROW_COUNT;
  RETURN v_gone;
END $f$;

CREATE FUNCTION @prune_secrets(p_instance text,p_now int8,p_limit int8) RETURNS int8
LANGUAGE plpgsql AS $f$
DECLARE v_gone int8;
BEGIN
  PERFORM @begin(p_instance);
  PERFORM set_config('synchronous_commit','off',true);
  DELETE FROM @one_time_secrets WHERE ctid=ANY(ARRAY(SELECT ctid FROM @one_time_secrets
    WHERE expires_at<=p_now ORDER BY expires_at LIMIT p_limit FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS v_gone=ROW_COUNT;
  RETURN v_gone;
END $f$;

CREATE FUNCTION @append_events(p_instance text,p_at int8[],p_ids text[],p_kinds int8[],
  p_users text[],p_sessions text[],p_reasons text[],p_accounts text[],p_addresses text[],
  p_user_agents text[],p_request_ids text[]) RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
  PERFORM @begin(p_instance);
  PERFORM set_config('synchronous_commit','off',true);
  INSERT INTO @events(at,id,kind,user_id,session_id,reason,account,address,user_agent,request_id)
  SELECT e.at,e.id,e.kind,nullif(e.user_id,''),nullif(e.session_id,''),nullif(e.reason,''),
    nullif(e.account,''),nullif(e.address,''),nullif(e.user_agent,''),nullif(e.request_id,'')
  FROM unnest(p_at,p_ids,p_kinds,p_users,p_sessions,p_reasons,p_accounts,p_addresses,p_user_agents,
    p_request_ids)
    e(at,id,kind,user_id,session_id,reason,account,address,user_agent,request_id)
  ON CONFLICT(at,id) DO NOTHING;
END $f$;

CREATE FUNCTION @blank_addresses(p_instance text,p_before int8,p_limit int8) RETURNS int8
LANGUAGE plpgsql AS $f$
DECLARE v_changed int8;
BEGIN
  PERFORM @begin(p_instance);
  PERFORM set_config('synchronous_commit','off',true);
  UPDATE @events SET address=NULL WHERE ctid=ANY(ARRAY(SELECT ctid FROM @events
    WHERE address IS NOT NULL AND at<p_before ORDER BY at LIMIT p_limit FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS v_changed=ROW_COUNT;
  RETURN v_changed;
END $f$;

CREATE FUNCTION @prune_events(p_instance text,p_before int8,p_limit int8) RETURNS int8
LANGUAGE plpgsql AS $f$
DECLARE v_gone int8;
BEGIN
  PERFORM @begin(p_instance);
  PERFORM set_config('synchronous_commit','off',true);
  DELETE FROM @events WHERE ctid=ANY(ARRAY(SELECT ctid FROM @events
    WHERE at<p_before ORDER BY at LIMIT p_limit FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS v_gone=ROW_COUNT;
  RETURN v_gone;
END $f$;
)sql",
                                                               R"sql(
-- Nodes of the version before call insert and replace, which leave a binding as it is.
CREATE FUNCTION @insert_bound(p_instance text,p_origin int8,p_now int8,p_max int8,p_epoch int8,
  p_id text,p_secret_hash bytea,p_user text,p_created_at int8,p_authenticated_at int8,
  p_last_seen_at int8,p_idle_expires_at int8,p_absolute_expires_at int8,p_idle int8,p_level int8,
  p_persistent bool,p_version int8,p_user_agent text,p_address text,p_attributes text,
  p_previous bytea,p_binding bytea,OUT status int8,OUT evicted text) LANGUAGE plpgsql AS $f$
BEGIN
  SELECT i.status,i.evicted INTO status,evicted
  FROM @insert(p_instance,p_origin,p_now,p_max,p_epoch,p_id,p_secret_hash,p_user,p_created_at,
    p_authenticated_at,p_last_seen_at,p_idle_expires_at,p_absolute_expires_at,p_idle,p_level,
    p_persistent,p_version,p_user_agent,p_address,p_attributes,p_previous) i;
  IF status=0 THEN UPDATE @sessions SET binding=p_binding WHERE id=p_id; END IF;
END $f$;

CREATE FUNCTION @replace_bound(p_instance text,p_origin int8,p_now int8,
  p_id text,p_secret_hash bytea,p_user text,p_created_at int8,p_authenticated_at int8,
  p_last_seen_at int8,p_idle_expires_at int8,p_absolute_expires_at int8,p_idle int8,p_level int8,
  p_persistent bool,p_version int8,p_user_agent text,p_address text,p_attributes text,
  p_previous bytea,p_binding bytea) RETURNS int8 LANGUAGE plpgsql AS $f$
DECLARE v_status int8;
BEGIN
  v_status:=@replace(p_instance,p_origin,p_now,p_id,p_secret_hash,p_user,p_created_at,
    p_authenticated_at,p_last_seen_at,p_idle_expires_at,p_absolute_expires_at,p_idle,p_level,
    p_persistent,p_version,p_user_agent,p_address,p_attributes,p_previous);
  IF v_status=0 THEN
    UPDATE @sessions SET binding=p_binding
    WHERE id=p_id AND binding IS DISTINCT FROM p_binding;
  END IF;
  RETURN v_status;
END $f$;
)sql"};

}  // namespace latchkey::postgres
