import { ACTS, type Act } from './acts.ts'
import { HOSTILE, polluted } from './pollute.ts'
import { readFileSync, globSync } from 'node:fs'
// dev runner: each word alone
const files = globSync('/work/wt/options/packages/core/src/**/*.ts')
const words = new Set<string>()
for (const f of files) {
  const code = readFileSync(f,'utf8').replaceAll(/\/\*[\s\S]*?\*\//g,'').replaceAll(/^\s*\/\/.*$/gm,'')
  for (const [w] of code.matchAll(/[A-Za-z_$][\w$]*/g)) words.add(w)
}
for (const w of Object.getOwnPropertyNames(Object.prototype)) words.delete(w)
const only = process.argv[2]?.split(',') , kinds = process.argv[3]?.split(',') ?? Object.keys(HOSTILE)
const onlyWords = process.argv[4]?.split(',')
const key = (lines: readonly string[]) => lines.join('\n')
process.on('uncaughtException', (e) => { crashed = e }); let crashed: any
const setT = setTimeout, clearT = clearTimeout
let wake: any; 
function guard() { return new Promise<string>((r) => { wake = setT(() => r('HANGS'), 4000) }) }
async function run(act: Act) { return Promise.race([guard(), run1(act)]).finally(() => clearT(wake)) }
async function run1(act: Act) { crashed = undefined; try { const r = key(await act()); return crashed ? 'CRASH ' + crashed : r } catch (e) { return `THROWS ${e instanceof Error ? e.stack?.slice(0,300) : typeof e}` } }
const broken: Record<string,string[]> = {}, bad: Record<string, string[]> = {}
for (const [name, {act, bare}] of Object.entries(ACTS)) {
  if (only && only[0] !== 'all' && !only.includes(name)) continue
  const normal = await run(act), again = await run(act), normalBare = await run(bare)
  if (normal !== again) { console.log(name, 'not deterministic'); const a = normal.split('\n'), b=again.split('\n'); console.log(a.filter((l,i)=>l!==b[i]).slice(0,3), b.filter((l,i)=>l!==a[i]).slice(0,3)); continue }
  if (normal.startsWith('THROWS')) { console.log(name, normal); continue }
  if (process.env.SHOW) console.log(normal)
  let n=0; for (const word of onlyWords ?? words) { if (process.env.P) process.stderr.write(word+'\n'); for (const kind of kinds) {
    const got = await polluted([word], kind, () => run(act))
    if (got === normal) continue
    if (await polluted([word], kind, () => run(bare)) !== normalBare) { (broken[word] ??= []).push(`${name}/${kind}`); continue }
    const a = normal.split('\n'), b = got.split('\n'); const at = b.findIndex((l,i)=>l!==a[i]);
    (bad[word] ??= []).push(`${name}/${kind}`)
    if (onlyWords || process.env.V) console.log(word, name, kind, '\n   -', a[at]?.slice(0,300), '\n   +', b[at]?.slice(0,300))
  }}
}
console.log('BROKEN'); for (const [w,k] of Object.entries(broken)) console.log('  ', w, k.length, k.slice(0,8).join(' '))
console.log('BAD'); for (const [w,k] of Object.entries(bad)) console.log('  ', w, k.length, k.slice(0,6).join(' '))
