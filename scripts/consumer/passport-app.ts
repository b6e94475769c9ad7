import { session } from '@keepsake/express'
import { useKeepsake } from '@keepsake/passport'
import express from 'express'
import passport from 'passport'
import { SECRET, visitTwice } from './visit-twice.ts'

export function run(): Promise<void> {
  useKeepsake(passport, { subject: (user) => JSON.stringify(user) })
  passport.serializeUser((user, done) => done(null, user))
  passport.deserializeUser((user: Express.User, done) => done(null, user))
  const app = express()
  app.use(session({ secrets: [SECRET] }), passport.session())
  app.get('/', (req, res, next) => {
    const visits = Number(req.session.visits ?? 0) + 1
    req.login({}, (error) => {
      if (error) return next(error)
      req.session.visits = visits
      res.send(`visit ${visits}`)
    })
  })
  return visitTwice(app)
}
