import type { AnyFramework } from '../http/variants.ts'
import { USES } from '../http/variants.ts'
import type { Findings } from '../report.ts'
import { spreadOf } from '../statistics.ts'
import { BYTES } from './candidate.ts'
import type { Row } from './row.ts'

/** The CPU that sessions add to a request: a group of bars for each framework and use. */
export function chartOf(frameworks: readonly AnyFramework[], rows: readonly Row[]): Findings['chart'] {
  return {
    title: `What a session of ${BYTES} bytes adds to a request`,
    unit: 'microseconds of CPU of the Node process, without the kernel; shorter is better',
    groups: frameworks.flatMap((framework) =>
      USES.map((use) => ({
        title: `${framework}, ${use}`,
        bars: rows
          .filter((row) => row.use === use && row.variant.framework === framework)
          .filter(({ variant }) => variant.name !== 'bare')
          .map(({ variant, addedCpu }) => ({ label: variant.name, value: spreadOf(addedCpu) })),
      })),
    ),
  }
}
