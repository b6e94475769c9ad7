/**
 * The character classes of cookies, each beside the rule it comes from.
 *
 * cookie-name  = 1*token                               (rfc6265bis §4.1.1; token: RFC 9110 §5.6.2)
 * cookie-octet = %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E    (no blank, quote, comma, semicolon, backslash)
 * av-octet     = %x20-3A / %x3C-7E                     (no control, no semicolon)
 *
 * The optional double quotes around a cookie-value are left out on purpose: servers disagree about whether they belong
 * to the value.
 */
export const isToken = (text: string): boolean => /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text)
export const isCookieValue = (text: string): boolean => /^[!#-+\--:<-[\]-~]*$/.test(text)
export const isAttributeValue = (text: string): boolean => /^[!-:<-~](?:[ -:<-~]*[!-:<-~])?$/.test(text)

/** <subdomain> of RFC 1034 §3.5 with RFC 1123 §2.1: labels of letters, digits and inner hyphens. */
export const isDomain = (text: string): boolean =>
  text.length <= 253 &&
  text.split('.').every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label))
