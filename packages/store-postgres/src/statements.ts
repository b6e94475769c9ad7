import { REVISION_CHARS } from '@keepsake/core/store'
import type { Statement } from './client.ts'
import type { Rank } from './slots.ts'

const revision = (text: string): string => `right(${text}, ${REVISION_CHARS})`

/** The store's statements, each of which is one atomic step. */
export interface Statements {
  readonly read: Statement
  readonly create: Statement
  readonly replace: Statement
  readonly delete: Statement
  readonly bySubject: Statement
  readonly texts: Statement
  readonly all: Statement
  readonly count: Statement
  readonly sweep: Statement
}

/** The number of a subject's texts that one statement returns. */
export const TEXTS_BATCH = 100
/** The number of rows that one statement of a sweep deletes, in a few milliseconds. */
export const SWEEP_BATCH = 500

/**
 * Expiries are epoch milliseconds by the application's clock, which set them. The time of writing is the server's, so that
 * nodes whose clocks differ do not change the order. `table` is a checked name. Each replaced or deleted key is sent to
 * the `channel`, if there is one.
 */
export function statementsFor(table: string, channel: string | undefined): Statements {
  const statement = (name: string, text: string, rank: Rank = 'usual'): Statement => ({
    name: `keepsake ${name} ${table}`,
    text,
    rank,
  })
  const telling = channel === undefined ? '' : ' told'
  const notifying = channel === undefined ? '' : `RETURNING pg_notify('${channel}', encode(key, 'hex'))`
  const columns = 'key, text, expires_at, subject, written_at'
  return {
    read: statement(
      'read',
      `SELECT text FROM "${table}" WHERE key = decode($1, 'hex') AND expires_at > $2::bigint`,
    ),
    // An expired row does not block its key.
    create: statement(
      'create',
      `INSERT INTO "${table}" AS standing (${columns})
       VALUES (decode($1, 'hex'), $2, $3::bigint, decode($4, 'hex'), clock_timestamp())
       ON CONFLICT (key) DO UPDATE SET text = excluded.text, expires_at = excluded.expires_at,
         subject = excluded.subject, written_at = excluded.written_at
       WHERE standing.expires_at <= $5::bigint
       RETURNING true`,
    ),
    // The row may already have the new text, if the same step wrote it on a connection that broke before the reply.
    replace: statement(
      `replace${telling}`,
      `UPDATE "${table}" SET text = $3, expires_at = $4::bigint, subject = decode($5, 'hex'),
         written_at = clock_timestamp()
       WHERE key = decode($1, 'hex') AND ${revision('text')} IN ($2, ${revision('$3')}) AND expires_at > $6::bigint
       ${notifying || 'RETURNING true'}`,
      'first',
    ),
    delete: statement(
      `delete${telling}`,
      `DELETE FROM "${table}" WHERE key = decode($1, 'hex') ${notifying}`,
    ),
    // All keys in one snapshot, so that a row that is replaced meanwhile is not missed, but only the first texts.
    bySubject: statement(
      'subject',
      `SELECT encode(key, 'hex') AS key,
         CASE WHEN row_number() OVER (ORDER BY written_at DESC) <= ${TEXTS_BATCH} THEN text END AS text
       FROM "${table}" WHERE subject = decode($1, 'hex') AND expires_at > $2::bigint ORDER BY written_at DESC`,
    ),
    // The keys as one text, because not every client supports arrays.
    texts: statement(
      'texts',
      `SELECT encode(key, 'hex') AS key, text FROM "${table}"
       WHERE key = ANY (ARRAY(SELECT decode(hex, 'hex') FROM unnest(string_to_array($1, ' ')) AS hex))
         AND subject = decode($2, 'hex') AND expires_at > $3::bigint`,
    ),
    // Ordered by key, which no write changes, so that continuing after a key misses no row.
    all: statement(
      'all',
      `SELECT encode(key, 'hex') AS key, text FROM "${table}"
       WHERE key > decode($1, 'hex') AND expires_at > $2::bigint ORDER BY key LIMIT ${TEXTS_BATCH}`,
    ),
    // Reads only the index of expiries, if the last vacuum was recent.
    count: statement(
      'count',
      `SELECT count(*)::float8 AS live FROM "${table}" WHERE expires_at > $1::bigint`,
    ),
    // Uses the index, whatever the statistics are. Skips rows that another node's sweep or a request has locked. Also skips the
    // rows that earlier batches have deleted, which stay in the index until the next vacuum.
    sweep: statement(
      'sweep',
      `DELETE FROM "${table}" WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM "${table}" WHERE expires_at <= $1::bigint AND expires_at >= $2::bigint
         ORDER BY expires_at LIMIT ${SWEEP_BATCH} FOR UPDATE SKIP LOCKED))
       RETURNING expires_at::float8 AS at`,
    ),
  }
}

/**
 * The migration, as one statement. It takes a lock, because two nodes that create a table simultaneously would fail despite
 * IF NOT EXISTS. The texts are stored uncompressed, because sealed texts cannot be compressed.
 */
export const migrationFor = (table: string, kind: '' | 'UNLOGGED'): string => `DO $do$ BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('keepsake ${table}'));
  IF to_regclass('"${table}"') IS NOT NULL THEN RETURN; END IF;
  CREATE ${kind} TABLE "${table}" (
    key bytea NOT NULL PRIMARY KEY,
    text text NOT NULL,
    expires_at bigint NOT NULL,
    subject bytea,
    written_at timestamptz NOT NULL
  );
  ALTER TABLE "${table}" ALTER COLUMN text SET STORAGE EXTERNAL;
  CREATE INDEX "${table}_by_end" ON "${table}" (expires_at);
  CREATE INDEX "${table}_by_subject" ON "${table}" (subject) WHERE subject IS NOT NULL;
END $do$`
