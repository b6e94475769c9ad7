export { proxy } from './app/session.ts'
