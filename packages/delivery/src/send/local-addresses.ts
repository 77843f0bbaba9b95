import { isIP } from 'node:net'
import { InvalidInputError } from '@posthorn/core'

/** The source addresses of connections, one for each family. A family without one is not dialled. */
export interface LocalAddresses {
  readonly 4: string | null
  readonly 6: string | null
}

/**
 * Reads the option `localAddress`: an address of this machine, or one of each family.
 * @throws {InvalidInputError} `option.invalid`
 */
export function resolveLocalAddresses(option: unknown): LocalAddresses {
  const given: readonly unknown[] = Array.isArray(option) ? option : [option]
  const addresses = given.filter((text) => typeof text === 'string')
  const families = addresses.map(isIP)
  const isGood =
    given.length > 0 &&
    addresses.length === given.length &&
    families.every((family) => family !== 0) &&
    new Set(families).size === families.length
  if (!isGood) {
    throw new InvalidInputError({
      code: 'option.invalid',
      field: 'localAddress',
      message: 'Expected `localAddress` to be an IP address, or a list of one IPv4 and one IPv6 address.',
    })
  }
  return {
    4: addresses.find((text) => isIP(text) === 4) ?? null,
    6: addresses.find((text) => isIP(text) === 6) ?? null,
  }
}
