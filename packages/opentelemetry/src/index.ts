export { KeepsakeInstrumentation, type KeepsakeInstrumentationConfig } from './instrumentation.ts'
