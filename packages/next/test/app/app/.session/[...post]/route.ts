import { withDeviceBound } from '@keepsake/dbsc'
import { sessionsOf } from '../../session'

export const POST = withDeviceBound(sessionsOf)
