import type { Request, Response } from 'express'
import type { Turn } from './peer.ts'

/** A request in Express, whose session libraries save by themselves. */
export function expressTurn(req: Request, res: Response, end: () => unknown): Turn {
  return {
    path: req.path,
    query: new URLSearchParams(req.url.split('?')[1]),
    get session() {
      return req.session as unknown as Record<string, string | undefined>
    },
    send: (text) => res.send(text),
    redirect: (to) => res.redirect(to),
    end,
    save: () => Promise.resolve(),
  }
}
