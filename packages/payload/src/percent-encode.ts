const beyondEncodeUriComponent = /[!'()*]/g
const onlyUnreserved = /^[\w.~-]*$/
const onlyUnreservedAndSlashes = /^[\w.~/-]*$/

/**
 * One segment of a URL's path, or one value of its query: everything but letters, digits and `-._~` is percent-encoded
 * (the unreserved characters of RFC 3986), slashes too.
 */
export function percentEncodeSegment(text: string): string {
  return onlyUnreserved.test(text) ? text : encode(text)
}

/** As {@link percentEncodeSegment}, but slashes stay: for the names of refs and the paths of files. */
export function percentEncodePath(text: string): string {
  return onlyUnreservedAndSlashes.test(text) ? text : encode(text).replaceAll('%2F', '/')
}

function encode(text: string): string {
  // A lone surrogate would make encodeURIComponent throw.
  return encodeURIComponent(text.toWellFormed()).replace(
    beyondEncodeUriComponent,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
