import { type Application, Converter, type DeclarationReflection, ReflectionKind } from 'typedoc'

/**
 * Gives modules the names that users import: `@keepsake/core/sealer` for `core/src/sealer`. They are not sorted (typedoc.json),
 * because page names are assigned in order and without regard to case: core's interface `Store` would take the name of the
 * entry `store`.
 */
export function load(app: Application): void {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (_context, reflection: DeclarationReflection) => {
    if (reflection.kind === ReflectionKind.Module)
      reflection.name = `@keepsake/${reflection.name.replace(/\/src(?=\/|$)/, '')}`
  })
}
