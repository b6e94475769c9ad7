import { build } from './serve.ts'

/** Once for all tests. */
export default build
