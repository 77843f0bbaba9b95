/**
 * What is built with the largest limit at which it fits, found in a number of tries that grows with the logarithm of the range. Null is
 * yielded after each try, so that other work can have its turn.
 * @param build gives null if the result does not fit; what fits at one limit fits at every smaller one
 * @returns null if it does not even fit at `min`
 */
export function* largestFitting<Result>(
  min: number,
  max: number,
  build: (limit: number) => Result | null,
): Generator<null, Result | null> {
  if (min > max) return null
  let best = build(min)
  let fitting = min
  let failing = max + 1
  while (best !== null && failing - fitting > 1) {
    yield null
    const limit = Math.floor((fitting + failing) / 2)
    const result = build(limit)
    if (result === null) failing = limit
    else {
      best = result
      fitting = limit
    }
  }
  yield null
  return best
}
