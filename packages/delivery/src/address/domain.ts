/** Second labels that everybody registers names under, in the domains of countries: `co.uk`, `com.au`, `ac.jp`. */
const sharedLabels: ReadonlySet<string> = new Set(
  'ac co com ed edu go gob gov gv ltd me mil ne net nom or org plc sch web'.split(' '),
)

/**
 * The part of a name that somebody registered, as near as its form tells: the last two labels, or three where the second is for
 * everybody. Services that give a name to each of their customers are taken for one.
 */
export function toDomain(host: string): string {
  const labels = host.split('.')
  const [second = '', top = ''] = labels.slice(-2)
  return labels.slice(top.length === 2 && sharedLabels.has(second) ? -3 : -2).join('.')
}
