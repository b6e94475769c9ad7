import { crossOriginGuard } from '@keepsake/next'
import { withSession } from '../session.ts'

export const POST = crossOriginGuard()(
  withSession((session) => {
    session.items = ['guarded']
    return new Response()
  }),
)
