import { codec } from './codec.ts'
import { data } from './data.ts'
import { merging } from './merging.ts'
import { parser } from './parser.ts'
import type { Target } from './target.ts'
import { times } from './times.ts'
import { writer } from './writer.ts'

export const targets: readonly Target[] = [parser, codec, writer, data, merging, times]
