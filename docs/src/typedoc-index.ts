import {
  type Application,
  type DeclarationReflection,
  PageEvent,
  type ProjectReflection,
  ReflectionKind,
} from 'typedoc'
import { PURPOSES, type Purpose, purposeOf } from './api-purposes.ts'

/** Makes the first page of the API a list of exports by purpose, instead of a list of modules. */
export function load(app: Application): void {
  app.renderer.on(PageEvent.END, (page) => {
    if (page.url !== 'README.md') return
    const { children = [] } = page.model as ProjectReflection
    page.contents = indexOf(children, (reflection) => app.renderer.router?.getFullUrl(reflection) ?? '')
  })
}

type UrlOf = (reflection: DeclarationReflection) => string

interface Export {
  readonly module: DeclarationReflection
  readonly reflection: DeclarationReflection
  readonly purpose: Purpose | undefined
}

function indexOf(modules: readonly DeclarationReflection[], urlOf: UrlOf): string {
  const exports = modules.flatMap(exportsOf)
  const sections = PURPOSES.map((purpose) => {
    const mine = exports.filter((exported) => exported.purpose === purpose)
    const lists = [...Map.groupBy(mine, ({ module }) => module)].map(
      ([module, members]) =>
        `From [\`${module.name}\`](${urlOf(module)}):\n\n${listOf(
          members.map(({ reflection }) => reflection),
          urlOf,
        )}`,
    )
    return [`## ${purpose.title}`, ...lists].join('\n\n')
  })
  const lead = 'Every export, by what it is for. Each adapter also exports all of `@keepsake/core`.'
  return `${['# API', lead, ...sections].join('\n\n')}\n`
}

/** The exports of a module itself; re-exports of core are listed in core. */
function exportsOf(module: DeclarationReflection): Export[] {
  const entry = module.name.replace('@keepsake/', '')
  const own = (module.children ?? []).filter(({ kind }) => kind !== ReflectionKind.Reference)
  return own.map((reflection) => ({ module, reflection, purpose: purposeOf(entry, reflection.name) }))
}

const CALLED = ReflectionKind.Function | ReflectionKind.Class | ReflectionKind.Variable

/** Functions and values with their descriptions, then the names of types, unless there are only types. */
function listOf(members: readonly DeclarationReflection[], urlOf: UrlOf): string {
  const called = members.filter(({ kind }) => (kind & CALLED) !== 0)
  if (called.length === 0) return members.map((member) => rowOf(member, urlOf)).join('\n')
  const types = members.filter((member) => !called.includes(member)).map((type) => linkTo(type, urlOf))
  const last = types.length === 0 ? [] : [`- Types: ${types.join(', ')}`]
  return [...called.map((member) => rowOf(member, urlOf)), ...last].join('\n')
}

function rowOf(member: DeclarationReflection, urlOf: UrlOf): string {
  const summary = (member.comment ?? member.signatures?.[0]?.comment)?.summary ?? []
  const prose = summary.map(({ text }) => text).join('')
  const [sentence = ''] = /^(?:[^`]|`[^`]+`)*?[.:](?=\s|$)/.exec(prose) ?? [
    prose.includes('```') ? '' : prose,
  ]
  const said = sentence.replaceAll(/\s+/g, ' ').replace(/:$/, '.')
  return `- ${linkTo(member, urlOf)}${said && `: ${said}`}`
}

const linkTo = (member: DeclarationReflection, urlOf: UrlOf): string =>
  `[\`${member.name}${member.kind === ReflectionKind.Function ? '()' : ''}\`](${urlOf(member)})`
