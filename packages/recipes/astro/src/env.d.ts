/// <reference types="astro/client" />
import type { FetchVisit } from '@keepsake/fetch'
import type { Visitor } from './sessions.ts'

declare global {
  namespace App {
    interface Locals {
      visit: FetchVisit<Visitor>
    }
  }
}
