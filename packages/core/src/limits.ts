/**
 * Every number that bounds what users may configure or what goes over the wire, each with its source.
 * "Cloud docs" are the pages of Bitbucket Cloud on webhooks, "Server docs" that of the Post-Receive service.
 */

/** Webhooks per subject, active or not, all dialects but Post-Receive together. Source: Cloud docs, "up to 50 webhooks per repository". */
export const maxWebhooksPerSubject = 50

/** URLs per repository of the Post-Receive service. Source: Server docs, "up to 5 URLs". */
export const maxPostReceiveUrlsPerSubject = 5

/** Characters of a secret. Source: the Cloud API, `secret` of a webhook subscription. */
export const maxSecretLength = 128

/** Characters of a title. Source: our own; the vendor documents none. */
export const maxTitleLength = 255

/** Characters of a URL. Source: our own; longer ones are refused by common servers and proxies. */
export const maxUrlLength = 2_048

/** Headers of a subscription's own. Source: our own. */
export const maxHeaderCount = 20

/** Characters of the name of such a header. Source: our own. */
export const maxHeaderNameLength = 128

/** Characters of the value of such a header. Source: our own, half of what common servers take for all of them. */
export const maxHeaderValueLength = 4_096

/** Characters of all their names and values. Source: our own; common servers take 8 to 16 kB of headers. */
export const maxHeadersLength = 8_192

/** Characters of a username, a password or a bearer token. Source: our own. */
export const maxCredentialLength = 2_048

/** Bytes of a key of Standard Webhooks. Source: its specification, "between 24 bytes (192 bits) and 64 bytes (512 bits)". */
export const minStandardKeyBytes = 24
export const maxStandardKeyBytes = 64

/** How long a key of Standard Webhooks that was replaced goes on signing, in ms: unless said otherwise, and at most. Source: our own. */
export const defaultKeepPreviousMs: number = 24 * 60 * 60 * 1_000
export const maxKeepPreviousMs: number = 7 * 24 * 60 * 60 * 1_000

/** Patterns in a list of a filter. Source: our own. */
export const maxFilterPatterns = 50

/** Characters of such a pattern. Source: our own. */
export const maxFilterPatternLength = 255

/**
 * How long one filter, and all filters together, may look through one push; all are shared evenly between the subjects that have filters. A
 * step is a character of a name, or so; 1,000,000 take some 25 ms. Source: our own; 20,000 paths of 60 characters are within the first.
 */
export const maxFilterSteps = 5_000_000
export const maxPushFilterSteps = 20_000_000

/** Characters of a client certificate with its chain, and of a key, in PEM. Source: our own. */
export const maxPemLength = 65_536

/** Characters of an event id given by the host. Source: our own. */
export const maxEventIdLength = 128

/** Commits per change of a Cloud `repo:push`. Source: Cloud docs, "up to 5 of the most recent commits". */
export const maxCloudCommitsPerChange = 5

/** Bytes of a Cloud body. Source: Cloud docs on troubleshooting, 256 KB, read in its smaller sense. */
export const maxCloudBodyBytes = 256_000

/** Bytes of a body in every other dialect. Source: our own, below the 1 MiB default of common body parsers. */
export const maxOtherBodyBytes = 1_000_000

/** Changesets of a Post-Receive body. Source: the sample of the Server docs, `"limit": 100`. */
export const maxPostReceiveChangesets = 100

/** Changes per changeset of a Post-Receive body. Source: the sample of the Server docs, `"limit": 500`. */
export const maxPostReceiveChanges = 500

/** From a request's first look-up to the last byte of its answer, in ms. Source: Cloud docs, a response within 10 s. */
export const defaultDeadlineMs = 10_000

/** How many times a push may have caused another push before deliveries stop. Source: our own. */
export const maxDepth = 10
