import { checkWords, readArguments } from '../arguments.ts'
import { type Command, type Outcome } from '../command.ts'
import { UnreachableError } from '../doctor/ask.ts'
import type { Diagnosis } from '../doctor/diagnose.ts'
import type { Plan } from '../doctor/plan.ts'
import { readPlan } from '../doctor/read-plan.ts'

const HELP = `Usage: keepsake doctor URL [--proxy] [--write PATH --method POST --data TEXT] [OPTIONS] [--json]

Finds out why a session is lost. Sends about fifteen requests to a running application: as a browser that returns, as
anonymous visitors, as a page of another origin. Reports what works, what does not, why, and the line to write. Works
with any session library. The requests may change data: use it on an application in development.

  --path PATH        the page that shows the session; default: that of URL
  --write PATH       the request that starts the session, such as a login; default: that of URL
  --method METHOD    the method of that request; default GET, or POST with --data
  --data TEXT        the body of that request: a form (user=ada&pass=x) or JSON
  --cookie NAME      the session's cookie; default: the most likely one
  --proxy            sends the headers of an https proxy: X-Forwarded-Proto and X-Forwarded-Host
  --as ORIGIN        the origin that browsers see, such as https://shop.example.com; default: that of URL
  --node URL         another process of the application, which must find the same sessions
  --origin ORIGIN    the origin of a page that needs the session in its fetch requests
  --subdomain HOST   another host that needs the session
  --frame            pages of other sites show the application in a frame
  --insecure         accepts a self-signed certificate
  --json             prints JSON

Values of cookies are not printed. Exit code 0: it works. 1: something is broken. 2: the responses do not show it, or
there was no response.`

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
  summary: 'sends the requests of a browser to an application, and says why its session is lost',
  help: HELP,
  async run(args) {
    const { values, positionals } = readArguments(args, OPTIONS)
    checkWords(positionals, 1)
    const plan = readPlan(positionals[0], values)
    // Loaded for this command only: the cookie rules of browsers take longer to load than other commands take to run.
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
  const says = `No response from ${to.origin}: ${message}`
  const isCertificate = /certificate|self-signed/i.test(message)
  const write = isCertificate
    ? '--insecure accepts it'
    : 'start the application, or use the port that it listens on'
  return { code: 2, text: `${says}\n  ${write}`, json: { url: to.href, unreachable: message, findings: [] } }
}
