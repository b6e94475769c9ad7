/** What stands for `vitest` in a bundle that runs where Vitest does not. */
export { afterAll, afterEach, beforeAll, beforeEach, describe, it, onTestFinished } from './collect.ts'
export { expect } from './expect.ts'
export { vi } from './vi.ts'
