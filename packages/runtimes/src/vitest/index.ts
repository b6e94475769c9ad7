/** Replaces `vitest` in a bundle for runtimes on which Vitest does not run. */
export { afterAll, afterEach, beforeAll, beforeEach, describe, it, onTestFinished } from './collect.ts'
export { expect } from './expect.ts'
export { vi } from './vi.ts'
