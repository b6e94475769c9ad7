import { withSession } from '@keepsake/node-http'
import { runStoreChild } from '@keepsake/testing/child'
import { openMoving } from './open-moving.ts'

// Some processes have already taken the second step of the move, and some have not.
runStoreChild({
  open: (path) => openMoving(path, process.pid % 2 === 0 ? 'back' : 'on'),
  listener: withSession,
})
