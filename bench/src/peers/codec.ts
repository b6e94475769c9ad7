import type { ShopData } from '../data.ts'

/** Session data to a token and back, done when it returns. */
export interface SyncCodec {
  readonly name: string
  readonly seal: (data: ShopData) => string
  readonly open: (token: string) => object
}

/** The same, where it has to be waited for. */
export interface AsyncCodec {
  readonly name: string
  readonly seal: (data: ShopData) => Promise<string>
  readonly open: (token: string) => Promise<object>
}
