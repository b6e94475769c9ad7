import { describe, expect, test } from 'vitest'
import { html, type HtmlValue } from '../src/html.ts'

describe('an html template', () => {
  test.each<[string, HtmlValue, string]>([
    [
      'escapes text',
      `<b title="x">Tom & 'Jerry'</b>`,
      '&lt;b title=&quot;x&quot;&gt;Tom &amp; &#39;Jerry&#39;&lt;/b&gt;',
    ],
    ['escapes text that already looks escaped', '&amp;', '&amp;amp;'],
    ['writes numbers', 0, '0'],
    ['omits undefined', undefined, ''],
    ['omits null', null, ''],
    ['omits false', false, ''],
    ['passes markup', html`<i>${'<'}</i>`, '<i>&lt;</i>'],
    ['joins nested lists, and escapes their items', ['<', [html`<br />`, [1, false]]], '&lt;<br />1'],
  ])('%s', (_, value, expected) => {
    expect(html`[${value}]`.toString()).toBe(`[${expected}]`)
  })

  test('escapes an object that only looks like markup', () => {
    const fake = { markup: '<script>', toString: () => '<script>' }
    // @ts-expect-error The types refuse it, too.
    expect(html`${fake}`.toString()).not.toContain('<script>')
  })

  test('keeps a hostile value inside its attribute', () => {
    expect(html`<a title="${'" onclick="alert(1)'}">`.toString()).toBe(
      '<a title="&quot; onclick=&quot;alert(1)">',
    )
  })
})
