/**
 * The form in which names of headers are compared. `_` is read as `-`: a receiver behind CGI or WSGI gets both as the same
 * variable (RFC 3875, section 4.1.18; PEP 3333), so that `Content_Length` passes for `Content-Length` there.
 */
export function toComparedHeaderName(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}
