/**
 * A `Cookie` header read by the rules, as simply as possible and independently of the parser: rfc6265bis §5.6 for one
 * pair, applied to each pair. Pairs end at `;` and the first `=` separates name and value (steps 1 and 3); blanks and
 * tabs around them are removed (step 4); a pair without a name is skipped. Nothing is unquoted, decoded or folded.
 * Our own bounds: 16 KiB, 256 pairs.
 */
export function byTheRules(text: string): Map<string, string[]> {
  const cookies = new Map<string, string[]>()
  if (text.length > 16_384) return cookies
  for (const pair of text.split(';').slice(0, 256)) {
    const [head = '', ...tail] = pair.split('=')
    const name = withoutBlanks(head)
    if (tail.length === 0 || name === '') continue
    const values = cookies.get(name) ?? []
    cookies.set(name, values)
    values.push(withoutBlanks(tail.join('=')))
  }
  return cookies
}

function withoutBlanks(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && ' \t'.includes(text.charAt(start))) start++
  while (end > start && ' \t'.includes(text.charAt(end - 1))) end--
  return text.slice(start, end)
}
