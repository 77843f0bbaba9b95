import { StoreError } from '@posthorn/core'

/** A value of one row is not what the store wrote. The file as a whole is sound, so this concerns one operation alone. */
export class DamagedValueError extends StoreError {
  /** The value is not shown, nor what a parser says of it: it may be a secret. */
  constructor(column: string) {
    super({
      code: 'store.corrupt',
      message: `A row has a value in the column \`${column}\` that the store never wrote.`,
    })
  }
}
