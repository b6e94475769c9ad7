import { DEMO } from 'example-shop'
import { expect } from 'vitest'
import { type LastingProfile, openLastingProfile } from '../browser.ts'
import { type Shopper, shopper } from '../shopper.ts'

/** Logs in at each address, and restarts the browser: once with "remember me" ticked, and once without. */
export async function isRemembered(chromium: string, urls: readonly string[]): Promise<void> {
  let profile = await openLastingProfile(chromium)
  try {
    await everywhere(profile, urls, (shop) => shop.login(DEMO.password, 'remember'))
    profile = await profile.reopen()
    const remembered = await everywhere(profile, urls, (shop) => shop.visit('/account'))
    expect(remembered).toEqual(urls.map(() => '/account'))
    await everywhere(profile, urls, (shop) => shop.login(DEMO.password))
    profile = await profile.reopen()
    const forgotten = await everywhere(profile, urls, (shop) => shop.visit('/account'))
    expect(forgotten).toEqual(urls.map(() => '/login'))
  } finally {
    await profile.close()
  }
}

/** At each address with a different host, because cookies are shared between ports. There must be no errors. */
async function everywhere<T>(
  { context, troubles }: LastingProfile,
  urls: readonly string[],
  act: (shop: Shopper) => Promise<T>,
): Promise<T[]> {
  const done = await Promise.all(
    urls.map(async (url, index) =>
      act(shopper(await context.newPage(), url.replace('localhost', `shop${index}.localhost`))),
    ),
  )
  expect(troubles).toEqual([])
  return done
}
