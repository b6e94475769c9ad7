import { build } from './serve.ts'

/** Builds once for all tests. */
export default build
