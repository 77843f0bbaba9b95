/** An object of asynchronous methods. */
type Face = Readonly<Record<string, (...values: never[]) => Promise<unknown>>>

/** The same face, each call of which goes through `run`. */
export function guarded<
  Guarded extends { [Name in keyof Guarded]: (...values: never[]) => Promise<unknown> },
>(face: Guarded, run: <Result>(work: () => Promise<Result>) => Promise<Result>): Guarded {
  const methods = Object.entries(face as Face).map(([name, method]) => [
    name,
    (...values: never[]) => run(() => method(...values)),
  ])
  return Object.fromEntries(methods) as Guarded
}
