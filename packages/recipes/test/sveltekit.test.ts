import { expect } from 'vitest'
import { cookiesOf, recipeSuite, shown } from './recipe.ts'

recipeSuite(
  { framework: '@sveltejs/kit', folder: 'sveltekit', build: ['vite/bin/vite.js', 'build'], form: '/' },
  {
    async 'saves the session with the data that its client fetches instead of a page'(running) {
      const { client, submit } = running.visit()
      const asked = { 'X-Sveltekit-Action': 'true', Accept: 'application/json' }
      const answer = await submit('/login', 'user=ada', asked)
      expect(JSON.parse(answer.text)).toMatchObject({ type: 'redirect', location: '/login' })
      expect(cookiesOf(answer)).toEqual(['__Host-session'])
      expect((await client.request('/login/__data.json')).text).toContain('ada')
      expect(shown(await client.request('/login'))).toBe('you are ada')
    },
  },
)
