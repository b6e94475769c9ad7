export type { Reading } from './reading.ts'
