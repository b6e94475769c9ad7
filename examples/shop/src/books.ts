import type { Motif } from './motifs.ts'
import type { Palette } from './palettes.ts'

/** One title of the catalogue. `price` is in cents. */
export interface Book {
  readonly sku: string
  readonly title: string
  readonly author: string
  readonly year: number
  readonly price: number
  readonly blurb: string
  readonly palette: Palette
  readonly motif: Motif
}

/** All books of the shop, in the order of the catalogue. */
export const books: readonly Book[] = [
  {
    sku: 'moby-dick',
    title: 'Moby-Dick',
    author: 'Herman Melville',
    year: 1851,
    price: 1850,
    blurb: 'A captain, a whale, and the longest grudge ever carried to sea.',
    palette: 'ocean',
    motif: 'tail',
  },
  {
    sku: 'pride-and-prejudice',
    title: 'Pride and Prejudice',
    author: 'Jane Austen',
    year: 1813,
    price: 1200,
    blurb: 'Two people are wrong about each other, brilliantly, for three hundred pages.',
    palette: 'rose',
    motif: 'rose',
  },
  {
    sku: 'frankenstein',
    title: 'Frankenstein',
    author: 'Mary Shelley',
    year: 1818,
    price: 1350,
    blurb: 'He made a life and would not look at it. It looked back.',
    palette: 'storm',
    motif: 'bolt',
  },
  {
    sku: 'time-machine',
    title: 'The Time Machine',
    author: 'H. G. Wells',
    year: 1895,
    price: 990,
    blurb: 'Dinner on Thursday, and eight hundred thousand years before the fish.',
    palette: 'brass',
    motif: 'clock',
  },
  {
    sku: 'walden',
    title: 'Walden',
    author: 'Henry D. Thoreau',
    year: 1854,
    price: 1100,
    blurb: 'Two years, two months and two days beside a pond, with the accounts to prove it.',
    palette: 'forest',
    motif: 'pines',
  },
  {
    sku: 'alice',
    title: 'Alice in Wonderland',
    author: 'Lewis Carroll',
    year: 1865,
    price: 1475,
    blurb: 'Down the hole, past the tea, and six impossible things before breakfast.',
    palette: 'plum',
    motif: 'card',
  },
  {
    sku: 'baskervilles',
    title: 'The Hound of the Baskervilles',
    author: 'Arthur Conan Doyle',
    year: 1902,
    price: 1250,
    blurb: 'Mr Holmes, they were the footprints of a gigantic hound.',
    palette: 'moor',
    motif: 'moon',
  },
  {
    sku: 'eighty-days',
    title: 'Around the World in Eighty Days',
    author: 'Jules Verne',
    year: 1872,
    price: 1400,
    blurb: 'A bet, a valet, an elephant, and a very good watch set to the wrong day.',
    palette: 'dawn',
    motif: 'balloon',
  },
  {
    sku: 'jane-eyre',
    title: 'Jane Eyre',
    author: 'Charlotte Brontë',
    year: 1847,
    price: 1300,
    blurb: 'Poor, obscure, plain and little, and nobody’s fool. Mind the attic.',
    palette: 'ember',
    motif: 'candle',
  },
  {
    sku: 'secret-garden',
    title: 'The Secret Garden',
    author: 'Frances H. Burnett',
    year: 1911,
    price: 1150,
    blurb: 'A cross girl, a buried key, and a robin who knows where the door is.',
    palette: 'moss',
    motif: 'key',
  },
  {
    sku: 'willows',
    title: 'The Wind in the Willows',
    author: 'Kenneth Grahame',
    year: 1908,
    price: 1375,
    blurb: 'Nothing is half so much worth doing as simply messing about in boats.',
    palette: 'river',
    motif: 'reeds',
  },
  {
    sku: 'dracula',
    title: 'Dracula',
    author: 'Bram Stoker',
    year: 1897,
    price: 1600,
    blurb: 'The estate agent should have asked more about the castle.',
    palette: 'night',
    motif: 'castle',
  },
]

const bySku: ReadonlyMap<string, Book> = new Map(books.map((book) => [book.sku, book]))

/** The book with this sku; undefined for any other value, whatever a form may have sent. */
export const findBook = (sku: string): Book | undefined => bySku.get(sku)

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })

/** Cents as a price tag: `1850` is `$18.50`. */
export const formatPrice = (cents: number): string => dollars.format(cents / 100)
