import { REVISION_CHARS } from '@keepsake/core/store'
import type { Statement } from './client.ts'
import type { Rank } from './slots.ts'

const revision = (text: string): string => `left(${text}, ${REVISION_CHARS})`

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

/** Texts of a subject that one statement brings. */
export const TEXTS_BATCH = 100
/** Rows that a statement of a sweep removes: a few milliseconds' work. */
export const SWEEP_BATCH = 500

/**
 * Deadlines are epoch milliseconds by the application's clock, as it has set them; the time of writing is the server's,
 * so that nodes whose clocks differ do not change the order. `table` is a checked name; a `channel` is told the keys that
 * were replaced or deleted, when that is done.
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
    // A row whose deadline has passed is not taken.
    create: statement(
      'create',
      `INSERT INTO "${table}" AS standing (${columns})
       VALUES (decode($1, 'hex'), $2, $3::bigint, decode($4, 'hex'), clock_timestamp())
       ON CONFLICT (key) DO UPDATE SET text = excluded.text, expires_at = excluded.expires_at,
         subject = excluded.subject, written_at = excluded.written_at
       WHERE standing.expires_at <= $5::bigint
       RETURNING true`,
    ),
    // The new text may stand there already, written by the same step on a connection that broke before the answer.
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
    // All keys, in one snapshot, so that a row that is replaced meanwhile is not missed; but not all texts.
    bySubject: statement(
      'subject',
      `SELECT encode(key, 'hex') AS key,
         CASE WHEN row_number() OVER (ORDER BY written_at DESC) <= ${TEXTS_BATCH} THEN text END AS text
       FROM "${table}" WHERE subject = decode($1, 'hex') AND expires_at > $2::bigint ORDER BY written_at DESC`,
    ),
    // The keys as one text: not every client has arrays.
    texts: statement(
      'texts',
      `SELECT encode(key, 'hex') AS key, text FROM "${table}"
       WHERE key = ANY (ARRAY(SELECT decode(hex, 'hex') FROM unnest(string_to_array($1, ' ')) AS hex))
         AND subject = decode($2, 'hex') AND expires_at > $3::bigint`,
    ),
    // In the order of what no write changes, so that whoever goes on after a key misses none.
    all: statement(
      'all',
      `SELECT encode(key, 'hex') AS key, text FROM "${table}"
       WHERE key > decode($1, 'hex') AND expires_at > $2::bigint ORDER BY key LIMIT ${TEXTS_BATCH}`,
    ),
    // By the index of deadlines alone, where the last vacuum is not long ago.
    count: statement(
      'count',
      `SELECT count(*)::float8 AS live FROM "${table}" WHERE expires_at > $1::bigint`,
    ),
    // By the index, whatever the statistics say. Passes by rows that another node's sweep, or a request, has locked, and by
    // what earlier batches have removed, which is in the index until the next vacuum.
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
 * The migration, as one statement. Two nodes that make a table at the same moment would fail, in spite of IF NOT EXISTS;
 * hence the lock. Texts are sealed, so that trying to compress them is lost time.
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
