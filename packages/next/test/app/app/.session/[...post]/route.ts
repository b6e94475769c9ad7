import { withDeviceBound } from '@keepsake/dbsc'
import { sessionsOf } from '../../session.ts'

export const POST = withDeviceBound(sessionsOf)
