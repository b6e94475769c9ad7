import type { Backend } from './backends.ts'
import { expressVariants } from './express.ts'
import { koaVariants } from './koa.ts'
import { nodeHttpVariants } from './node-http.ts'
import type { Framework, Variant } from './variants.ts'

/** All measured applications, by framework. */
export const VARIANTS: Readonly<Record<Framework, (backends: readonly Backend[]) => readonly Variant[]>> = {
  'node:http': nodeHttpVariants,
  'Express 5': expressVariants,
  'Koa 3': koaVariants,
}

export const FRAMEWORKS = Object.keys(VARIANTS) as readonly Framework[]
