import { checkWords, readArguments } from '../arguments.ts'
import { type Command, type Outcome } from '../command.ts'
import { UnreachableError } from '../doctor/ask.ts'
import type { Diagnosis } from '../doctor/diagnose.ts'
import type { Plan } from '../doctor/plan.ts'
import { readPlan } from '../doctor/read-plan.ts'

const HELP = `Usage: keepsake doctor URL [--proxy] [--write PATH --method POST --data TEXT] [OPTIONS] [--json]

Finds out why a session is lost. Asks a running application some fifteen times, as a new browser that comes again, as
strangers, as a page of another origin; and says what works, what does not, why, and the line to write. The application
may be of any library. A request may change its data, so that it is one for development.

  --path PATH        the page that has to know the session; default: that of URL
  --write PATH       the request that begins the session, such as a login; default: that of URL
  --method METHOD    of that request; default GET, or POST with --data
  --data TEXT        its body: a form (user=ada&pass=x), or JSON
  --cookie NAME      the session's cookie; default: the one that looks most like it
  --proxy            sends what a proxy that speaks https sends: X-Forwarded-Proto and X-Forwarded-Host
  --as ORIGIN        the address that browsers see, such as https://shop.example.com; default: that of URL
  --node URL         another process of the application, which has to know the same sessions
  --origin ORIGIN    a page of this origin has to reach it by fetch, with cookies
  --subdomain HOST   this host has to get the session, too
  --frame            pages of other sites show it in a frame
  --insecure         takes a certificate that nobody vouches for
  --json             prints JSON

The values of cookies are not shown. Exit code 0: it works. 1: something is broken. 2: the answers do not tell, or none
came.`

const OPTIONS = {
  path: { type: 'string' },
  write: { type: 'string' },
  method: { type: 'string' },
  data: { type: 'string' },
  cookie: { type: 'string' },
  proxy: { type: 'boolean' },
  as: { type: 'string' },
  node: { type: 'string' },
  origin: { type: 'string' },
  subdomain: { type: 'string' },
  frame: { type: 'boolean' },
  insecure: { type: 'boolean' },
} as const

export const doctor: Command = Object.freeze<Command>({
  name: 'doctor',
  summary: 'asks a running application as a browser would, and says why a session is lost',
  help: HELP,
  async run(args) {
    const { values, positionals } = readArguments(args, OPTIONS)
    checkWords(positionals, 1)
    const plan = readPlan(positionals[0], values)
    // Loaded for this command alone: what cookies are to browsers takes longer to load than other commands to run.
    const { observe } = await import('../doctor/observe.ts')
    const { diagnose } = await import('../doctor/diagnose.ts')
    const { doctorJson, doctorPage } = await import('../doctor/report.ts')
    try {
      const diagnosis = diagnose(await observe(plan))
      return { code: codeOf(diagnosis), text: doctorPage(diagnosis), json: doctorJson(diagnosis) }
    } catch (error) {
      if (error instanceof UnreachableError) return unreachable(plan, error)
      throw error
    }
  },
})

function codeOf({ findings }: Diagnosis): Outcome['code'] {
  if (findings.some(({ kind }) => kind === 'fault')) return 1
  return findings.some(({ kind }) => kind === 'unclear') ? 2 : 0
}

function unreachable({ to }: Plan, { message }: UnreachableError): Outcome {
  const says = `No answer from ${to.origin}: ${message}`
  const isCertificate = /certificate|self-signed/i.test(message)
  const write = isCertificate
    ? '--insecure takes it'
    : 'start the application, or name the port that it listens on'
  return { code: 2, text: `${says}\n  ${write}`, json: { url: to.href, unreachable: message, findings: [] } }
}
