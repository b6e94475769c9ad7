type Names = readonly (readonly [pattern: RegExp, name: string])[]

// In this order: most browsers also carry the names of those that came before them, and so do systems.
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

// Nobody's real one is longer, and whoever sends more need not cost more.
const MAX_LOOKED_AT = 512

const nameIn = (text: string, names: Names): string | undefined =>
  names.find(([pattern]) => pattern.test(text))?.[1]

/**
 * What a list of devices calls the one with this `User-Agent`: "Firefox on Linux". Undefined where nothing in it is
 * known. It is a reminder for the visitor, and proves nothing: a client may send whatever it likes.
 */
export function deviceLabel(userAgent = ''): string | undefined {
  const text = userAgent.slice(0, MAX_LOOKED_AT)
  const [browser, system] = [nameIn(text, BROWSERS), nameIn(text, SYSTEMS)]
  if (system === undefined) return browser
  return `${browser ?? 'A browser'} on ${system}`
}
