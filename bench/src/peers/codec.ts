import type { ShopData } from '../data.ts'

/** Session data to a token and back, synchronously. */
export interface SyncCodec {
  readonly name: string
  readonly seal: (data: ShopData) => string
  readonly open: (token: string) => object
}

/** The same, asynchronously. */
export interface AsyncCodec {
  readonly name: string
  readonly seal: (data: ShopData) => Promise<string>
  readonly open: (token: string) => Promise<object>
}
