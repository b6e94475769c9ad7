export { sessions, type Visitor } from '../../sessions.ts'
