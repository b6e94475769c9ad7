import { describe, expect, test } from 'vitest'
import { html, type HtmlValue } from '../src/html.ts'

describe('a template', () => {
  test.each<[string, HtmlValue, string]>([
    [
      'escapes text',
      `<b title="x">Tom & 'Jerry'</b>`,
      '&lt;b title=&quot;x&quot;&gt;Tom &amp; &#39;Jerry&#39;&lt;/b&gt;',
    ],
    ['escapes what looks escaped already', '&amp;', '&amp;amp;'],
    ['writes numbers', 0, '0'],
    ['leaves no trace of undefined', undefined, ''],
    ['leaves no trace of null', null, ''],
    ['leaves no trace of false', false, ''],
    ['passes markup', html`<i>${'<'}</i>`, '<i>&lt;</i>'],
    ['joins lists, however deep, and escapes in them', ['<', [html`<br />`, [1, false]]], '&lt;<br />1'],
  ])('%s', (_, value, expected) => {
    expect(html`[${value}]`.toString()).toBe(`[${expected}]`)
  })

  test('does not take an object for markup that only looks like it', () => {
    const fake = { markup: '<script>', toString: () => '<script>' }
    // @ts-expect-error The types refuse it, too.
    expect(html`${fake}`.toString()).not.toContain('<script>')
  })

  test('keeps a hostile value inside of its attribute', () => {
    expect(html`<a title="${'" onclick="alert(1)'}">`.toString()).toBe(
      '<a title="&quot; onclick=&quot;alert(1)">',
    )
  })
})
