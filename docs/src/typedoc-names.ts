import { type Application, Converter, type DeclarationReflection, ReflectionKind } from 'typedoc'

/** Lets modules have the names that users import: `@keepsake/core/sealer` for `core/src/sealer`. */
export function load(app: Application): void {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (_context, reflection: DeclarationReflection) => {
    if (reflection.kind === ReflectionKind.Module)
      reflection.name = `@keepsake/${reflection.name.replace(/\/src(?=\/|$)/, '')}`
  })
}
