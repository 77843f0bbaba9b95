/** The longest time a timer of Node can be set for, in ms; longer ones fire at once. */
export const maxTimerMs: number = 2 ** 31 - 1
