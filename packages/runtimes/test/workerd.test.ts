import { checkRuntime } from '../src/check.ts'

checkRuntime('workerd')
