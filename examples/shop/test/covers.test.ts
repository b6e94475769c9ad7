import { expect, test } from 'vitest'
import { books, type Book } from '../src/books.ts'
import { cover } from '../src/covers.ts'

const sample: Book = {
  sku: 'x',
  title: 'Title',
  author: 'Author',
  year: 1900,
  price: 100,
  blurb: '',
  palette: 'ocean',
  motif: 'tail',
}

test.each(books.map((book) => [book.title, book] as const))(
  'the cover of %s has no styles, scripts or external resources',
  (_, book) => {
    const svg = cover(book).toString()
    expect(svg).toMatch(/^<svg class="cover" [^]*<\/svg>$/)
    expect(svg).not.toMatch(/style=|<script|href|url\(|NaN|undefined/)
  },
)

test('a hostile title and author on a cover stay text', () => {
  const svg = cover({ ...sample, title: '<script>', author: '"><img src=x>' }).toString()
  expect(svg).toContain('&lt;script&gt;')
  expect(svg).not.toMatch(/<script|<img/)
})

test('a long title on a cover is smaller, on several lines, and complete', () => {
  const title = 'The Life and Strange Surprizing Adventures of Robinson Crusoe'
  const lines = [
    ...cover({ ...sample, title })
      .toString()
      .matchAll(/font-weight="700"\s*>([^<]*)</g),
  ]
  expect(lines.map(([, line]) => line?.trim()).join(' ')).toBe(title)
  expect(lines.length).toBeGreaterThan(3)
})
