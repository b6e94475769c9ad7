import { expect } from 'vitest'
import { cookiesOf, recipeSuite, shown } from './recipe.ts'

recipeSuite(
  {
    framework: '@react-router/dev',
    folder: 'react-router',
    build: ['@react-router/dev/bin.cjs', 'build'],
    form: '/?index',
  },
  {
    async 'saves the session with the data that its client fetches instead of a page'(running) {
      const { client, submit } = running.visit()
      const answer = await submit('/login.data', 'user=ada')
      expect(answer.status).toBe(202)
      expect(cookiesOf(answer)).toEqual(['__Host-session'])
      expect((await client.request('/login.data')).text).toContain('ada')
      expect(shown(await client.request('/login'))).toBe('you are ada')
    },
  },
)
