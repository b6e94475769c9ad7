type Names = readonly (readonly [pattern: RegExp, name: string])[]

// The order matters: most browsers, and systems, also mention the names of earlier ones.
const BROWSERS: Names = [
  [/\b(?:Edg|EdgA|EdgiOS)\//, 'Edge'],
  [/\b(?:OPR|OPT|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/(?:Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bVersion\/\S+ .*Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
]

const SYSTEMS: Names = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

// No real header is longer; the limit keeps a long one from costing more.
const MAX_LOOKED_AT = 512

const nameIn = (text: string, names: Names): string | undefined =>
  names.find(([pattern]) => pattern.test(text))?.[1]

/**
 * The name in the list of devices for this `User-Agent`: "Firefox on Linux". Undefined if nothing in it is
 * recognized. It only helps the visitor to remember, and proves nothing: a client can send any text.
 */
export function deviceLabel(userAgent = ''): string | undefined {
  const text = userAgent.slice(0, MAX_LOOKED_AT)
  const [browser, system] = [nameIn(text, BROWSERS), nameIn(text, SYSTEMS)]
  if (system === undefined) return browser
  return `${browser ?? 'A browser'} on ${system}`
}
