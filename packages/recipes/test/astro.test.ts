import { buffer } from 'node:stream/consumers'
import { expect } from 'vitest'
import { cookiesOf, recipeSuite, shown } from './recipe.ts'

recipeSuite(
  { framework: 'astro', folder: 'astro', build: ['astro/bin/astro.mjs', 'build'], form: '/' },
  {
    async 'saves the session once if a page is rewritten to another'(running) {
      const { client } = running.visit()
      const answer = await client.request('/rewrite')
      expect(shown(answer)).toBe('visit 1, note rewritten')
      expect(cookiesOf(answer)).toEqual(['__Host-session'])
    },
    async 'sends the cookies of Astro.cookies even if the session cannot be saved'(running) {
      const answer = await running.visit().client.request('/spoil')
      expect([answer.status, cookiesOf(answer)]).toEqual([500, ['theme']])
    },
    async 'reports a change as late if a component makes it after the headers were sent'(running) {
      const { client } = running.visit()
      const late = await client.start('/late')
      await running.visit().client.request('/gate')
      expect((await buffer(late.body)).toString()).toContain('after')
      expect(shown(await client.request('/'))).toBe('visit 2, note none')
    },
  },
)
