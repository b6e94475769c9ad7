import { CONTROL_NAMES, hasControlName } from './control-names.ts'
import { type Content, type OpenRecord, readText, writeText } from './record.ts'

/*
 * A version that had no such control, or another process of an older one, wrote a key that has a control's name. It counts as
 * not written wherever a record is read, so that its absence is no change.
 */

/** The same record where it has no such key. */
export function withoutControlNames<P>(record: OpenRecord<P>): OpenRecord<P> {
  if (!hasControlName(record.content.data)) return record
  const content = known(record.content)
  return { ...record, content, text: writeText(content.data, content) }
}

/** The same text where it has no such key. */
export function textWithoutControlNames(text: string): string {
  const content = readText(text)
  return content === undefined || !hasControlName(content.data)
    ? text
    : writeText(known(content).data, content)
}

function known(content: Content): Content {
  const entries = Object.entries(content.data).filter(([key]) => !CONTROL_NAMES.has(key))
  return { ...content, data: Object.fromEntries(entries) }
}
